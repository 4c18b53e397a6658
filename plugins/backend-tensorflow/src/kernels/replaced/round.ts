import { clone, type KernelConfig, type Tensor } from '@tensorflow/tfjs-core';
import { types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

/** Whole numbers stay as they are. */
export const round: KernelConfig = kernel<'x'>('Round', ({ inputs, backend }) => {
  const x = inputs.x as Tensor;
  return x.dtype === 'int32' ? clone(x) : backend.executeSingleOutput('Round', types({ T: x.dtype }), [x]);
});
