import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss, type Strategy } from '../../plugin/strategy.ts';
import type { Target } from '../../knowledge/target.ts';
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
    temperature: T,
    compute: ({ student, target }) => softenedKl(student, target, T),
  }),
});

/** One operation on the tape, for its gradient is known: `T · (softmax(student / T) − p)`. */
function softenedKl(student: Tensor2D, target: Target, T: number): Tensor1D {
  const p = target.probabilities(T);
  const logP = target.logProbabilities(T);
  const operation = tf.customGrad((logits, save) => {
    const logQ = logSoftmax(logits as Tensor2D, T);
    (save as (tensors: Tensor[]) => void)([logQ, p]);
    return {
      value: tf.mul(tf.sum(tf.mul(p, tf.sub(logP, logQ)), -1), T * T),
      gradFunc: (dy: Tensor, saved: Tensor[]) => tf.mul(tf.sub(tf.exp(saved[0]!), saved[1]!), tf.mul(tf.expandDims(dy, 1), T)),
    };
  });
  return operation(student) as Tensor1D;
}
