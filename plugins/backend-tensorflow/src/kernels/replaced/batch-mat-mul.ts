import { reshape, type BatchMatMulAttrs, type KernelConfig, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { bool, types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

/** Of one matrix each, as TensorFlow.js also multiplies batches of one, TensorFlow's plain product is faster. */
export const batchMatMul: KernelConfig = kernel<'a' | 'b', BatchMatMulAttrs>('BatchMatMul', ({ inputs: { a, b }, attrs: { transposeA, transposeB }, backend }) => {
  const type = types({ T: a.dtype });
  const product = (x: TensorInfo, y: TensorInfo): Tensor => backend.executeSingleOutput('MatMul', [...type, bool('transpose_a', transposeA), bool('transpose_b', transposeB)], [x, y]);
  if (a.shape.length === 2 && b.shape.length === 2) return product(a, b);
  if (a.shape.length !== 3 || b.shape.length !== 3 || a.shape[0] !== 1 || b.shape[0] !== 1) {
    return backend.executeSingleOutput('BatchMatMulV2', [...type, bool('adj_x', transposeA), bool('adj_y', transposeB)], [a, b]);
  }
  const [x, y] = [a, b].map((one) => reshape(one as Tensor, one.shape.slice(1)));
  const matrix = product(x!, y!);
  return reshape(matrix, [1, ...matrix.shape]);
});
