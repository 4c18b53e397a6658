import * as tf from '@tensorflow/tfjs-core';
import { defineLoss, type Strategy } from '@kd/core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { descendantsOf } from './descendants.ts';

/** Options of the loss {@link maxConstraint}. */
export interface MaxConstraintOptions {
  /** For each class that has some below it: those directly below. */
  readonly below: Readonly<Record<string, readonly string[]>>;
}

const options: z.ZodType<MaxConstraintOptions> = z.strictObject({
  below: z.record(z.string(), z.array(z.string()).min(1)),
});

/**
 * Several labels a sample in a hierarchy (Giunchiglia and Lukasiewicz, 2020): a class is at least as likely as the likeliest
 * below it, `m_a = max over a and all below it of σ(z)`. Mean over classes of `−log m_a` where the label is 0.5 or more,
 * with the maximum over the labelled classes only, else `−log(1 − m_a)`. For `values` label spaces of zeros and ones.
 *
 * @throws KD_STRATEGY_OPTIONS for names that are not in the label space
 */
export const maxConstraint: Strategy<'loss', MaxConstraintOptions, {}> = defineLoss({
  name: 'max-constraint',
  summary: 'Binary cross-entropy for several labels a sample in a hierarchy.',
  options,
  create: ({ below }) => ({
    role: 'hard',
    label: 'MC',
    state: ({ names }) => ({ descendants: { shape: [names.length, names.length], trainable: false, initial: { values: descendantsOf(below, names).flat() } } }),
    compute({ student, labels }, { state }) {
      const descendants = state['descendants'] as Tensor2D;
      const isLabelled = tf.cast(tf.greaterEqual(labels, 0.5), 'float32') as Tensor2D;
      const labelled = tf.mul(descendants, tf.expandDims(isLabelled, 1));
      const missed = tf.softplus(tf.neg(highest(student, labelled)));
      const wrong = tf.softplus(highest(student, descendants));
      return tf.mean(tf.where(tf.greater(isLabelled, 0), missed, wrong), -1) as Tensor1D;
    },
  }),
});

/**
 * For each class the highest of its own and all scores below it, so that answers never contradict the hierarchy. For logits
 * and probabilities alike; a student that was trained with `max-constraint` wants it when it is used.
 *
 * @param scores `[batch, classes]`
 * @param descendants `[classes, classes]`, 1 where the column's class is the row's or below it
 * @returns `[batch, classes]`
 */
export function constrainByMax(scores: Tensor2D, descendants: Tensor2D): Tensor2D {
  return highest(scores, descendants);
}

/** @param among `[classes, classes]` or `[batch, classes, classes]`, 1 for the columns that count */
function highest(scores: Tensor2D, among: Tensor): Tensor2D {
  const spread = tf.add(tf.expandDims(scores, 1), tf.mul(tf.sub(1, among), -1e9));
  return tf.max(spread, -1) as Tensor2D;
}
