import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss, type Strategy } from '../../plugin/strategy.ts';

export interface CrossEntropyOptions {
  /** Share of the label's mass that is spread evenly over all classes, in [0, 1); default 0. */
  readonly labelSmoothing: number;
}

const options: z.ZodType<CrossEntropyOptions> = z.strictObject({
  labelSmoothing: z.number().min(0).lt(1).default(0),
});

/**
 * `−log softmax(z)_y` per sample, with label smoothing `(1 − ε)·CE + ε·mean_c(−log q_c)` (Szegedy et al., 2016).
 * Samples without a label (-1) give 0.
 */
export const crossEntropy: Strategy<'loss', CrossEntropyOptions, {}> = defineLoss({
  name: 'cross-entropy',
  summary: 'Cross-entropy with the labels.',
  options,
  create: ({ labelSmoothing }) => ({
    role: 'hard',
    label: labelSmoothing > 0 ? `CE(ε=${labelSmoothing})` : 'CE',
    compute({ student, labels }) {
      const logProbabilities = tf.logSoftmax(student);
      const hit = tf.neg(tf.sum(tf.mul(logProbabilities, tf.oneHot(tf.cast(labels, 'int32') as Tensor1D, student.shape[1])), -1)) as Tensor1D;
      if (labelSmoothing === 0) return hit;
      return tf.add(tf.mul(hit, 1 - labelSmoothing), tf.mul(tf.neg(tf.mean(logProbabilities, -1)), labelSmoothing)) as Tensor1D;
    },
  }),
});
