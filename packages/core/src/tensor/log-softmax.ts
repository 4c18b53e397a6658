import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';

/** A temperature: a number, or a scalar tensor where it is learned or changes from step to step. */
export type Temperature = number | Scalar;

/** `log softmax(logits / T)` over the last axis, finite for finite logits. @param logits `[batch, classes]` */
export function logSoftmax(logits: Tensor2D, temperature: Temperature = 1): Tensor2D {
  return tf.logSoftmax(tempered(logits, temperature));
}

/** `logits / T`. */
export function tempered(logits: Tensor2D, temperature: Temperature): Tensor2D {
  return temperature === 1 ? logits : tf.div(logits, temperature);
}
