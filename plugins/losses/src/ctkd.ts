import * as tf from '@tensorflow/tfjs-core';
import { defineLoss, logSoftmax, type Strategy } from '@kd/core';
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { cosineReversal } from './cosine-reversal.ts';
import { scaleGradient } from './scale-gradient.ts';

/** Options of the loss {@link ctkd}. */
export interface CtkdOptions {
  /** The lowest temperature; default 1. */
  readonly lowest: number;
  /** How far above it the temperature can go; default 20. */
  readonly range: number;
  /** How hard the temperature works against the student at the end, at least 0; default 1. */
  readonly strength: number;
  /** Epochs until then, along half a cosine wave; default 10. */
  readonly epochs: number;
}

const options: z.ZodType<CtkdOptions> = z.strictObject({
  lowest: z.number().positive().default(1),
  range: z.number().positive().default(20),
  strength: z.number().nonnegative().default(1),
  epochs: z.int().positive().default(10),
});

/**
 * Curriculum temperature (Li et al., 2023): `T² · KL` with a temperature `T = lowest + range · sigmoid(θ)` that is learned
 * to make the task harder. θ receives the loss's gradient times a factor that falls from 0 to −strength, so it climbs
 * where the student descends.
 */
export const ctkd: Strategy<'loss', CtkdOptions, {}> = defineLoss({
  name: 'ctkd',
  summary: 'KL divergence at a temperature that learns to challenge the student.',
  options,
  create: ({ lowest, range, strength, epochs }) => ({
    role: 'soft',
    label: `CTKD(T=${lowest}…${lowest + range})`,
    state: () => ({ theta: { shape: [], trainable: true, initial: 1 } }),
    knobs: ({ epoch }) => ({ reversal: cosineReversal(epoch, epochs, strength) }),
    compute({ student, target }, { state, knobs }) {
      const temperature = scaleGradient(tf.add(tf.mul(tf.sigmoid(state['theta']!), range), lowest) as Scalar, knobs['reversal'] as Scalar);
      const gap = tf.sub(target.logProbabilities(temperature), logSoftmax(student, temperature));
      return tf.mul(tf.sum(tf.mul(target.probabilities(temperature), gap), -1), tf.square(temperature)) as Tensor1D;
    },
  }),
});
