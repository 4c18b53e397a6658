import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';

/** A temperature: a number, or a scalar tensor where it is learned or changes from step to step. */
export type Temperature = number | Scalar;

/** `log softmax(logits / T)` over the last axis, finite for finite logits. @param logits `[batch, classes]` */
export function logSoftmax<T extends Tensor = Tensor2D>(logits: T, temperature: Temperature = 1): T {
  const softened = tempered(logits, temperature);
  // TensorFlow.js composes it of seven kernels everywhere, although some backends have one for it.
  if (!tf.getKernel(tf.LogSoftmax, tf.getBackend())) return tf.logSoftmax(softened);
  return tf.engine().runKernel(tf.LogSoftmax, { logits: softened }, { axis: -1 });
}

/** `logits / T`. */
export function tempered<T extends Tensor = Tensor2D>(logits: T, temperature: Temperature): T {
  return temperature === 1 ? logits : tf.div(logits, temperature);
}
