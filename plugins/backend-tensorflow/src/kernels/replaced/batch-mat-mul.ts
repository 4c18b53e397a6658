import { reshape, type BatchMatMulAttrs, type KernelConfig, type Tensor } from '@tensorflow/tfjs-core';
import { bool, types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

/** TensorFlow.js makes every product one of batches; of one matrix each, TensorFlow's plain product is faster. */
export const batchMatMul: KernelConfig = kernel<'a' | 'b', BatchMatMulAttrs>('BatchMatMul', ({ inputs: { a, b }, attrs: { transposeA, transposeB }, backend }) => {
  const type = types({ T: a.dtype });
  if (a.shape.length !== 3 || b.shape.length !== 3 || a.shape[0] !== 1 || b.shape[0] !== 1) {
    return backend.executeSingleOutput('BatchMatMulV2', [...type, bool('adj_x', transposeA), bool('adj_y', transposeB)], [a, b]);
  }
  const matrices = [a, b].map((x) => reshape(x as Tensor, x.shape.slice(1)));
  const product = backend.executeSingleOutput('MatMul', [...type, bool('transpose_a', transposeA), bool('transpose_b', transposeB)], matrices);
  return reshape(product, [1, ...product.shape]);
});
