import * as tf from '@tensorflow/tfjs-core';
import { defineAggregator, type Strategy } from '@kd/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { cappedMinNorm } from './capped-min-norm.ts';
import { expectClasses, mixTeachers } from './mix-teachers.ts';

/** Options of the aggregator {@link aeKd}. */
export interface AeKdOptions {
  /** The most that one teacher may weigh, in (0, 1]; default 0.6. 1 lets a single teacher decide; below 1 / teachers it is 1 / teachers. */
  readonly cap: number;
}

const options: z.ZodType<AeKdOptions> = z.strictObject({
  cap: z.number().positive().max(1).default(0.6),
});

/**
 * Adaptive ensemble (Du et al., 2020): the weights with which the teachers' gradients for the student's logits, each a
 * mean over the batch, add up to the shortest vector; the direction on which the teachers agree.
 */
export const aeKd: Strategy<'aggregator', AeKdOptions, {}> = defineAggregator({
  name: 'ae-kd',
  summary: 'Teachers by the direction on which their gradients agree.',
  options,
  create: ({ cap }) => ({
    label: 'ae-kd',
    needs: { student: 'gradients' },
    joinsSamples: true,
    aggregate({ signals, gradientOf }) {
      expectClasses(signals, 'ae-kd');
      const gradients = tf.stack(signals.map((_, k) => tf.mean(gradientOf!(k), 0))) as Tensor2D;
      return mixTeachers(signals, tf.expandDims(cappedMinNorm(gradients, cap), 0) as Tensor2D);
    },
  }),
});
