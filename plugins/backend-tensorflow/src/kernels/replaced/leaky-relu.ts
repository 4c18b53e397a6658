import { cast, type KernelConfig, type LeakyReluAttrs, type Tensor } from '@tensorflow/tfjs-core';
import { float, types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

/** Of whole numbers too, which TensorFlow's own does not take. */
export const leakyRelu: KernelConfig = kernel<'x', LeakyReluAttrs>('LeakyRelu', ({ inputs, attrs: { alpha }, backend }) => {
  const x = cast(inputs.x as Tensor, 'float32');
  return backend.executeSingleOutput('LeakyRelu', [...types({ T: 'float32' }), float('alpha', alpha)], [x]);
});
