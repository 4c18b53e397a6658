import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss, type Strategy } from '../../plugin/strategy.ts';
import { logSoftmax } from '../../tensor/log-softmax.ts';

export interface KlDivergenceOptions {
  /** Softens teacher and student alike; above 0, default 4. */
  readonly temperature: number;
}

const options: z.ZodType<KlDivergenceOptions> = z.strictObject({
  temperature: z.number().positive().default(4),
});

/**
 * `T² · KL(teacher ‖ student)` per sample, both softened by T, summed over classes (Hinton, Vinyals and Dean, 2015).
 * Works on dense and on top-k teachers.
 */
export const klDivergence: Strategy<'loss', KlDivergenceOptions, {}> = defineLoss({
  name: 'kl-divergence',
  summary: 'KL divergence from the teachers at a temperature, times T².',
  options,
  create: ({ temperature: T }) => ({
    role: 'soft',
    label: `KL(T=${T})`,
    compute({ student, target }) {
      const gap = tf.sub(target.logProbabilities(T), logSoftmax(student, T));
      return tf.mul(tf.sum(tf.mul(target.probabilities(T), gap), -1), T * T) as Tensor1D;
    },
  }),
});
