import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '@kd/core';
import type { Tensor } from '@tensorflow/tfjs-core';

const TINY = 1e-24;

/** Vectors of length 1 along the last axis. A vector of zeros stays one and has no gradient, so nothing becomes NaN. */
export function normalise<T extends Tensor>(vectors: T): T {
  const squares = tf.sum(tf.square(vectors), -1, true);
  const real = tf.greater(stopGradient(squares), TINY);
  const lengths = tf.sqrt(tf.where(real, squares, tf.onesLike(squares)));
  return tf.div(tf.mul(vectors, tf.cast(real, 'float32')), lengths);
}
