import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss, type Strategy } from '../../plugin/strategy.ts';

export interface MeanSquaredErrorOptions {
  /** `labels` for a hard term, `teachers` (the default) for a soft one. */
  readonly against: 'labels' | 'teachers';
}

const options: z.ZodType<MeanSquaredErrorOptions> = z.strictObject({
  against: z.enum(['labels', 'teachers']).default('teachers'),
});

/** Mean over outputs of `(student − target)²` per sample: regression on values, or on logits (Ba and Caruana, 2014). */
export const meanSquaredError: Strategy<'loss', MeanSquaredErrorOptions, {}> = defineLoss({
  name: 'mean-squared-error',
  summary: 'Squared error on values or logits.',
  options,
  create: ({ against }) => ({
    role: against === 'labels' ? 'hard' : 'soft',
    label: 'MSE',
    compute: ({ student, target, labels }) => tf.mean(tf.squaredDifference(student, against === 'labels' ? labels : target.logits()), -1) as Tensor1D,
  }),
});
