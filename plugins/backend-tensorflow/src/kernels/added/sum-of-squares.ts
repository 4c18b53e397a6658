import { mul, type KernelConfig, type Tensor } from '@tensorflow/tfjs-core';
import { types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

/** As @kd/core asks for it: TensorFlow halves the sum of squares that it takes in one pass. */
export const sumOfSquares: KernelConfig = kernel<'x'>('KdSumOfSquares', ({ inputs: { x }, backend }) =>
  mul(backend.executeSingleOutput('L2Loss', types({ T: 'float32' }), [x as Tensor]), 2));
