import { defineAlphaScheduler, type LearnedAlpha, type Strategy } from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { bounded } from './bounded.ts';

/** Options of the α scheduler {@link uncertainty}. */
export interface UncertaintyOptions {
  /**
   * `classification` (the default): each side weighs `exp(−s)`, as the paper derives for cross-entropies. `regression`:
   * half of it, as for squared errors, and what multi-task libraries use for every loss.
   */
  readonly form: 'classification' | 'regression';
  /** First log-variance s of both sides; default 0. */
  readonly initial: number;
  /** s stays within ± this, for a soft loss that goes to 0 would weigh ever more; above 0, default 4. */
  readonly limit: number;
}

const options: z.ZodType<UncertaintyOptions> = z.strictObject({
  form: z.enum(['classification', 'regression']).default('classification'),
  initial: z.number().default(0),
  limit: z.number().positive().default(4),
}).refine(({ initial, limit }) => Math.abs(initial) <= limit, { path: ['initial'], message: 'must lie within ± limit' });

/**
 * Learns one log-variance s a side and minimises `Σ exp(−s)·L + s/2` with the student (Kendall, Gal and Cipolla, 2018). It
 * weighs each side by the inverse of its loss, whoever is right.
 */
export const uncertainty: Strategy<'alpha', UncertaintyOptions, {}> = defineAlphaScheduler({
  name: 'uncertainty',
  summary: 'α learned with the student, from each side’s uncertainty (Kendall).',
  options,
  create: (given) => ({ label: 'uncertainty', init: () => null, value: () => ({ alpha: 0.5 }), learned: learnedUncertainty(given) }),
});

/** The two log-variances, `[hard, soft]`, and the loss that they make of the sides. */
function learnedUncertainty({ form, initial, limit }: UncertaintyOptions): LearnedAlpha {
  const scale = form === 'classification' ? 1 : 0.5;
  return {
    initial: { logVariances: [initial, initial] },
    weigh({ hard, soft }, learned) {
      const s = bounded(learned['logVariances'] as Tensor1D, limit);
      const weights = tf.mul(tf.exp(tf.neg(s)), scale);
      const total = tf.add(tf.sum(tf.mul(weights, tf.stack([hard, soft]))), tf.mul(tf.sum(s), 0.5));
      const alpha = tf.div(tf.gather(weights, tf.tensor1d([0], 'int32')), tf.sum(weights));
      return { total: total as Scalar, alpha: tf.reshape(alpha, []) as Scalar };
    },
  };
}
