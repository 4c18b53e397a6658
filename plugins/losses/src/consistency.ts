import * as tf from '@tensorflow/tfjs-core';
import { defineLoss, logSoftmax, stopGradient, type Strategy } from '@kd/core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { divergence } from './divergence.ts';

/** Options of the loss {@link consistency}. */
export interface ConsistencyOptions {
  /** The coarser label space in which the two heads are compared. */
  readonly coarse: string;
  /** The student's output that holds the coarse head's logits. */
  readonly output: string;
  /** `kl` (the default) draws the fine head to the coarse one, which stays; `js` draws both together. */
  readonly measure: 'kl' | 'js';
}

const options: z.ZodType<ConsistencyOptions> = z.strictObject({
  coarse: z.string(),
  output: z.string(),
  measure: z.enum(['kl', 'js']).default('kl'),
});

/**
 * Holds a student's fine and coarse heads to the same answer, without labels or teachers: with `P` the coarse head and `Q`
 * the fine head's sums, `KL(P ‖ Q)` with P constant, or the Jensen-Shannon divergence `½ KL(P ‖ M) + ½ KL(Q ‖ M)`,
 * `M = ½ (P + Q)` (Garg, Sani and Anand, 2022). At T = 1.
 */
export const consistency: Strategy<'loss', ConsistencyOptions, {}> = defineLoss({
  name: 'consistency',
  summary: 'Holds the student’s fine and coarse heads to the same answer.',
  options,
  create: ({ coarse, output, measure }) => ({
    role: 'soft',
    label: `consistency(${measure === 'kl' ? 'KL' : 'JS'}: ${output})`,
    needs: { logits: false, views: [coarse], features: { student: [output] } },
    compute({ student, views, features }) {
      const logQ = logSoftmax(views![coarse]!.apply(student));
      const logP = logSoftmax(features.student[output] as Tensor2D);
      return measure === 'kl' ? klOf(stopGradient(logP), logQ) : jensenShannon(logP, logQ);
    },
  }),
});

function jensenShannon(logP: Tensor, logQ: Tensor): Tensor1D {
  const logM = tf.sub(tf.logSumExp(tf.stack([logP, logQ]), 0), Math.LN2);
  return tf.mul(tf.add(klOf(logP, logM), klOf(logQ, logM)), 0.5);
}

/** `Σ p · (log p − log q)` over the classes, `[batch]`. */
function klOf(logP: Tensor, logQ: Tensor): Tensor1D {
  return tf.sum(divergence(logP, logQ), -1);
}
