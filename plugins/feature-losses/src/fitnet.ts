import * as tf from '@tensorflow/tfjs-core';
import { defineLoss, kdError, type LossFacts, type StateEntry, type Strategy } from '@kd/core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { dense, denseState } from './dense.ts';
import { featurePair, featuresOf, needsOf, type FeaturePair } from './feature-pair.ts';

/** The two layers. Maps are `[height, width, channels]`, of equal height and width; sequences and vectors alike. */
export interface FitnetOptions extends FeaturePair {}

const options: z.ZodType<FitnetOptions> = z.strictObject(featurePair);

/**
 * `mean (r(student) − teacher)²` per sample, over all numbers of a layer (Romero et al., "FitNets: Hints for Thin Deep
 * Nets", 2015). Where the layers differ in width, `r` is an adapter that is trained along and left out of the student:
 * a dense layer for vectors, a 1×1 convolution for maps.
 *
 * @throws KD_FEATURE_SHAPE where the shapes differ in more than their last dimension
 */
export const fitnet: Strategy<'loss', FitnetOptions, {}> = defineLoss({
  name: 'fitnet',
  summary: 'A hint: a layer of the student learns a layer of a teacher.',
  options,
  create: (pair) => ({
    role: 'soft',
    label: `FitNet(${pair.studentLayer}→${pair.teacherLayer})`,
    needs: needsOf(pair),
    state: (facts) => adapterState(pair, facts),
    compute(input, { state: { kernel, bias } }) {
      const { student, teacher } = featuresOf(input, pair);
      const adapted = kernel && bias ? dense(student, kernel, bias) : student;
      return tf.mean(tf.reshape(tf.squaredDifference(adapted, teacher), [student.shape[0]!, -1]), -1) as Tensor1D;
    },
  }),
});

function adapterState({ studentLayer, teacherLayer }: FeaturePair, { studentFeatures, teacherFeatures }: LossFacts): Readonly<Record<string, StateEntry>> {
  const student = studentFeatures[studentLayer]!;
  const teacher = teacherFeatures[teacherLayer]!;
  const samePlaces = student.length === teacher.length && student.slice(0, -1).every((size, axis) => size === teacher[axis]);
  if (!samePlaces) {
    const why = student.length === teacher.length ? 'their heights and widths differ' : 'one has more dimensions than the other';
    throw kdError('KD_FEATURE_SHAPE', { loss: 'fitnet', student: studentLayer, studentShape: student, teacher: teacherLayer, teacherShape: teacher, why });
  }
  return student.at(-1) === teacher.at(-1) ? {} : { ...denseState(student.at(-1)!, teacher.at(-1)!) };
}
