import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import type { TeacherOutput } from './teacher.ts';

/** Below this a probability counts as none; its logarithm stays finite. */
const SMALLEST = 1e-30;
const LOGARITHM_OF_SMALLEST: number = Math.log(SMALLEST);

/** A model's output as a signal: probabilities become logits (their logarithm), values stay values. */
export function answerOf(output: Tensor, gives: TeacherOutput): NamedTensors {
  const flat = output.rank === 2 ? output : tf.reshape(output, [output.shape[0]!, -1]);
  switch (gives) {
    case 'values':
      return { values: flat };
    case 'probabilities':
      return { logits: tf.log(tf.maximum(flat, SMALLEST)) };
    case 'log-probabilities':
      // The logarithm of 0 is no number to compute with; NaN is kept, to be found.
      return { logits: tf.where(tf.less(flat, LOGARITHM_OF_SMALLEST), tf.fill(flat.shape, LOGARITHM_OF_SMALLEST), flat) };
    case 'logits':
      return { logits: flat };
  }
}
