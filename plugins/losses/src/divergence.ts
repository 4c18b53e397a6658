import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * `p · (log p − log q)`, value by value: what a Kullback-Leibler divergence is the sum of.
 *
 * @param logP log-probabilities of any shape
 * @param logQ of the same shape
 */
export function divergence(logP: Tensor, logQ: Tensor): Tensor {
  return tf.mul(tf.exp(logP), tf.sub(logP, logQ));
}
