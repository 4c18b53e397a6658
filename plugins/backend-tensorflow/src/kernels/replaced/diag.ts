import { cast, type KernelConfig, type Tensor } from '@tensorflow/tfjs-core';
import { types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

/** Of booleans too, which TensorFlow's own does not take. */
export const diag: KernelConfig = kernel<'x'>('Diag', ({ inputs, backend }) => {
  const x = inputs.x as Tensor;
  if (x.dtype !== 'bool') return backend.executeSingleOutput('Diag', types({ T: x.dtype }), [x]);
  return cast(backend.executeSingleOutput('Diag', types({ T: 'int32' }), [cast(x, 'int32')]), 'bool');
});
