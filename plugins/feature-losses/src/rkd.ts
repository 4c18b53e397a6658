import * as tf from '@tensorflow/tfjs-core';
import { defineLoss, type Strategy } from '@kd/core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { featurePair, featuresOf, needsOf, type FeaturePair } from './feature-pair.ts';
import { anglesBetween, distancesBetween, huber } from './relations.ts';

export interface RkdOptions extends FeaturePair {
  /** Weight of the distances between pairs; default 25. */
  readonly distance: number;
  /** Weight of the angles between triples; default 50. A step holds batch³ angles. 0 leaves them out. */
  readonly angle: number;
}

const options: z.ZodType<RkdOptions> = z.strictObject({
  ...featurePair,
  distance: z.number().nonnegative().default(25),
  angle: z.number().nonnegative().default(50),
});

/**
 * Relational distillation (Park et al., 2019): the student's samples should lie to each other as the teacher's do, in
 * distances over their mean and in angles, by a Huber loss (δ = 1). Features are flattened; their widths may differ.
 * Each sample's value is the mean over the pairs and triples that it begins, so that the batch's mean is the loss.
 */
export const rkd: Strategy<'loss', RkdOptions, {}> = defineLoss({
  name: 'rkd',
  summary: 'Distances and angles between the samples of a batch.',
  options,
  create: (given) => ({
    role: 'soft',
    label: `RKD(${given.studentLayer}→${given.teacherLayer})`,
    needs: needsOf(given),
    joinsSamples: true,
    compute(input) {
      const { student, teacher } = featuresOf(input, given);
      const parts: Tensor1D[] = [];
      if (given.distance > 0) {
        parts.push(tf.mul(tf.mean(huber(tf.sub(distancesBetween(student), distancesBetween(teacher))), 1), given.distance) as Tensor1D);
      }
      if (given.angle > 0) {
        parts.push(tf.mul(tf.mean(huber(tf.sub(anglesBetween(student), anglesBetween(teacher))), [1, 2]), given.angle) as Tensor1D);
      }
      return parts.length === 0 ? tf.zeros([student.shape[0]!]) : tf.addN(parts);
    },
  }),
});
