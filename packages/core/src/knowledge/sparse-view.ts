import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { logSoftmax } from '../tensor/log-softmax.ts';
import type { SparseSignal } from './signal.ts';

/**
 * The student seen through a sparse teacher: its k listed classes and one class for all the rest, sample by sample.
 * It is a coarse view whose groups change from sample to sample, so the same rule holds: sum at T = 1, then temper.
 *
 * @param logits `[batch, classes]`
 * @returns `[batch, k + 1]` log-probabilities at T = 1
 */
export function sparseView(logits: Tensor2D, signal: SparseSignal): Tensor2D {
  const classes = logits.shape[1];
  const listed = tf.oneHot(tf.cast(signal.indices, 'int32'), classes) as Tensor;
  const logProbabilities = logSoftmax(logits);
  const top = tf.sum(tf.mul(listed, tf.expandDims(logProbabilities, 1)), 2);
  // Excluded classes leave the sum as -∞ inside the log-sum-exp only; a floor keeps the row finite when none is left.
  const excluded = tf.mul(tf.sum(listed, 1), -1e9);
  const rest = tf.logSumExp(tf.add(logProbabilities, excluded), 1, true);
  return tf.concat([top, rest], 1) as Tensor2D;
}

/** The teacher's side of the same view. @returns `[batch, k + 1]` log-probabilities at T = 1 */
export function sparseLogits(signal: SparseSignal): Tensor2D {
  return tf.concat([signal.logProbabilities, tf.maximum(tf.expandDims(signal.tail, 1), -1e9)], 1) as Tensor2D;
}

/** Labels as classes of the same view: the place in the list, or k for the rest. @param labels int32 `[batch]`, -1 where unknown */
export function sparseLabels(labels: Tensor1D, { indices }: SparseSignal): Tensor1D {
  const k = indices.shape[1];
  const places: Tensor = tf.range(0, k, 1, 'int32');
  const hits = tf.where(tf.equal(indices, tf.expandDims(labels, 1)), places, tf.scalar(k, 'int32'));
  return tf.where(tf.less(labels, 0), labels, tf.min(hits, 1)) as Tensor1D;
}
