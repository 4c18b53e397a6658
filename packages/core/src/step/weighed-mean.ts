import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import { kdError } from '../errors/kd-error.ts';

/**
 * The one place where losses are masked, weighed and reduced: `Σ mask · weight · loss / count`.
 *
 * @param perSample `[batch]`, as the loss returned it
 * @param mask `[batch]`, 0 for samples that the term does not cover; a loss may be NaN there
 * @param weights `[batch]`, α or 1 − α of each sample, where α is set per sample
 * @param count samples that the term covers in the whole batch, also where this is one micro-batch of it
 */
export function weighedMean(term: string, perSample: Tensor1D, rows: number, mask: Tensor1D | undefined, weights: Tensor1D | undefined, count: Scalar): Scalar {
  if (perSample.rank !== 1 || perSample.shape[0] !== rows) throw kdError('KD_LOSS_SHAPE', { term, expected: [rows], received: perSample.shape });
  let values: Tensor1D = perSample;
  if (mask) values = tf.where(tf.greater(mask, 0), values, tf.zerosLike(values));
  if (weights) values = tf.mul(values, weights);
  return tf.div(tf.sum(values), count);
}
