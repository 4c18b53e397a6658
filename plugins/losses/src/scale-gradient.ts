import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';

/** The same values, with a gradient that is multiplied by `factor`; below 0 it is reversed (Ganin and Lempitsky, 2015). */
export function scaleGradient<T extends Tensor>(tensor: T, factor: Scalar): T {
  return tf.customGrad((values) => ({
    value: tf.clone(values as Tensor),
    gradFunc: (dy: Tensor) => tf.mul(dy, factor),
  }))(tensor) as T;
}
