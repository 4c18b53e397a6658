import { scalar, type DenseBincountAttrs, type KernelConfig } from '@tensorflow/tfjs-core';
import { bool, types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

export const denseBincount: KernelConfig = kernel<'x' | 'weights', DenseBincountAttrs>('DenseBincount', ({ inputs: { x, weights }, attrs: { size, binaryOutput = false }, backend }) => {
  const attributes = [...types({ Tidx: x.dtype, T: weights.dtype }), bool('binary_output', binaryOutput)];
  return backend.executeSingleOutput('DenseBincount', attributes, [x, scalar(size, 'int32'), weights]);
});
