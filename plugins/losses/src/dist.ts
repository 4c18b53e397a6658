import { defineLoss, logSoftmax, type Strategy } from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';

/** Options of the loss {@link dist}. */
export interface DistOptions {
  /** Softens teacher and student alike; above 0, default 4. */
  readonly temperature: number;
  /** Weight of how each sample's probabilities go along with the teacher's; default 1. */
  readonly betweenClasses: number;
  /** Weight of how each class's probabilities go along with the teacher's through the batch; default 1. */
  readonly withinClasses: number;
}

const options: z.ZodType<DistOptions> = z.strictObject({
  temperature: z.number().positive().default(4),
  betweenClasses: z.number().nonnegative().default(1),
  withinClasses: z.number().nonnegative().default(1),
});

/** Of the paper's code. */
const EPSILON = 1e-8;
/** Keeps the slope of a root at 0 finite, and is lost in any other number. */
const TINY = 1e-30;

/**
 * Distillation from a stronger teacher (DIST; Huang et al., 2022): `T² · (a · (1 − mean ρ of rows) + b · (1 − mean ρ of columns))`
 * with Pearson's correlation ρ between the student's and the teacher's probabilities. A student need not match what it
 * cannot; it is to rank as the teacher does. Each sample's value holds the whole batch's second part.
 */
export const dist: Strategy<'loss', DistOptions, {}> = defineLoss({
  name: 'dist',
  summary: 'Correlation of probabilities with the teacher’s, within each sample and within each class.',
  options,
  create: ({ temperature: T, betweenClasses, withinClasses }) => ({
    role: 'soft',
    label: `DIST(T=${T})`,
    temperature: T,
    joinsSamples: true,
    compute({ student, target }) {
      const [ours, theirs] = [tf.exp(logSoftmax(student, T)) as Tensor2D, target.probabilities(T)];
      const rows = tf.sub(1, correlation(ours, theirs, 1));
      const columns = tf.sub(1, tf.mean(correlation(ours, theirs, 0)));
      return tf.mul(tf.add(tf.mul(rows, betweenClasses), tf.mul(columns, withinClasses)), T * T) as Tensor1D;
    },
  }),
});

/** Pearson's correlation along an axis; 0 where one side does not vary. */
function correlation(a: Tensor2D, b: Tensor2D, axis: number): Tensor {
  const [x, y] = [a, b].map((each) => tf.sub(each, tf.mean(each, axis, true))) as [Tensor, Tensor];
  return tf.div(tf.sum(tf.mul(x, y), axis), tf.add(tf.mul(lengthOf(x, axis), lengthOf(y, axis)), EPSILON));
}

/** With a gradient of 0 where there is no length. */
function lengthOf(x: Tensor, axis: number): Tensor {
  return tf.sqrt(tf.add(tf.sum(tf.square(x), axis), TINY));
}
