import { defineAlphaScheduler, kdError, type PerSampleInput, type Strategy } from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { z } from 'zod';

/** Options of the α scheduler {@link teacherCorrect}. */
export interface TeacherCorrectOptions {
  /** Weight of the label where the teacher is right, in [0, 1]; default 0.3. Where it is wrong, the label weighs 1. */
  readonly alpha: number;
}

const options: z.ZodType<TeacherCorrectOptions> = z.strictObject({
  alpha: z.number().min(0).max(1).default(0.3),
});

/**
 * An α for each sample: the teacher is heard where it is right, the label alone counts where it is wrong, and the teacher
 * alone where there is no label. Needs teachers of all the student's classes; where several granularities are such, the
 * first one's target decides. Follows the labels, so it cannot help against wrong ones.
 */
export const teacherCorrect: Strategy<'alpha', TeacherCorrectOptions, {}> = defineAlphaScheduler({
  name: 'teacher-correct',
  summary: 'α per sample: teachers are heard where they agree with the label.',
  options,
  create: ({ alpha }) => ({
    label: `teacher-correct ${alpha}`,
    init({ granularities }) {
      if (!granularities.some(({ full }) => full)) throw needsFullTarget('none of the granularities has them');
      return null;
    },
    value: () => ({ alpha }),
    perSample: alphaOfSamples,
  }),
});

function alphaOfSamples({ labels, targets, alpha }: PerSampleInput): Tensor1D {
  const [target] = Object.values(targets);
  if (!target) throw needsFullTarget('their aggregation looks at the student first, so the target is not known in time');
  const right = tf.equal(tf.argMax(target.logProbabilities(), -1), labels);
  const known = tf.cast(tf.greaterEqual(labels, 0), 'float32');
  return tf.mul(tf.where(right, alpha, tf.onesLike(known)), known) as Tensor1D;
}

function needsFullTarget(why: string): Error {
  return kdError('KD_ALPHA_NEEDS', { alpha: 'teacher-correct', needs: "teachers that speak all the classes of the student's first head", why });
}
