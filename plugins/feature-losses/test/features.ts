import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { eagerRandom, Random, type LossContext, type LossInput, type Target } from '@kd/core';

export const pair = { teacher: 'big', teacherLayer: 'wide', studentLayer: 'thin' };

/** What a loss on features is given; it must not look at logits. */
export function compareFeatures(student: Tensor, teacher: Tensor): LossInput {
  return {
    features: { student: { thin: student }, teacher: { wide: teacher } },
    get student(): Tensor2D {
      throw new Error('looked at the logits');
    },
    get target(): Target {
      throw new Error('looked at the target');
    },
    labels: tf.fill([student.shape[0]!], -1, 'int32') as Tensor1D,
  };
}

export function contextOf(state: Record<string, Tensor> = {}, rows: number[] = [], step = 0): LossContext {
  return { state, knobs: {}, rows: tf.tensor1d(rows, 'int32'), random: eagerRandom(new Random(3), step) };
}
