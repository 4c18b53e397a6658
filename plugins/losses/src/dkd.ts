import * as tf from '@tensorflow/tfjs-core';
import { defineLoss, tempered, type Strategy } from '@kd/core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { divergence } from './divergence.ts';

/** Options of the loss {@link dkd}. */
export interface DkdOptions {
  /** Softens teacher and student alike; above 0, default 4. */
  readonly temperature: number;
  /** Weight of how sure the teacher is of the label; default 1. */
  readonly targetClass: number;
  /** Weight of how the teacher ranks all other classes; default 8. */
  readonly otherClasses: number;
}

const options: z.ZodType<DkdOptions> = z.strictObject({
  temperature: z.number().positive().default(4),
  targetClass: z.number().nonnegative().default(1),
  otherClasses: z.number().nonnegative().default(8),
});

/**
 * Decoupled distillation (Zhao et al., 2022): `T² · (a · KL of [label, rest] + b · KL among the rest)`. Plain distillation
 * weighs the second part by the teacher's doubt; here it always counts. Needs labels; the label's class is left out
 * exactly, however large its logit.
 */
export const dkd: Strategy<'loss', DkdOptions, {}> = defineLoss({
  name: 'dkd',
  summary: 'KL divergence of the label and of the other classes, weighed apart.',
  options,
  create: ({ temperature: T, targetClass, otherClasses }) => ({
    role: 'soft',
    label: `DKD(T=${T})`,
    temperature: T,
    needs: { labels: true },
    compute({ student, target, labels }) {
      const isLabel = tf.oneHot(tf.cast(labels, 'int32'), student.shape[1], 1, 0, 'bool');
      const ours = decouple(tempered(student, T), isLabel);
      const theirs = decouple(target.logProbabilities(T), isLabel);
      const split = tf.add(divergence(theirs.label, ours.label), divergence(theirs.rest, ours.rest));
      const among = tf.sum(divergence(theirs.others, ours.others), -1);
      return tf.mul(tf.add(tf.mul(split, targetClass), tf.mul(among, otherClasses)), T * T) as Tensor1D;
    },
  }),
});

interface Decoupled {
  /** Log-probability of the label, `[batch]`. */
  readonly label: Tensor;
  /** Log-probability of all others together, `[batch]`. */
  readonly rest: Tensor;
  /** Log-probabilities among the others, `[batch, classes]`; 0 for the label, so that it does not differ. */
  readonly others: Tensor;
}

/** @param logits `[batch, classes]`, tempered */
function decouple(logits: Tensor2D, isLabel: Tensor): Decoupled {
  const none = tf.fill(logits.shape, -1e30);
  const all = tf.logSumExp(logits, -1);
  const others = tf.logSumExp(tf.where(isLabel, none, logits), -1, true);
  return {
    // The sum over one value; the largest would have no gradient where the label is unknown.
    label: tf.sub(tf.sum(tf.where(isLabel, logits, tf.zerosLike(logits)), -1), all),
    rest: tf.sub(tf.squeeze(others, [-1]), all),
    others: tf.where(isLabel, tf.zerosLike(logits), tf.sub(logits, others)),
  };
}
