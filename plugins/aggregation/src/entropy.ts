import * as tf from '@tensorflow/tfjs-core';
import { defineAggregator, type Strategy } from '@kd/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expectClasses, mixTeachers } from './mix-teachers.ts';

/**
 * Entropy-based weights (after Kwon et al., 2020, in the form of Zhang et al., 2022, normalised): in each sample a
 * teacher counts the more, the surer it is, `w_k = (1 − H_k / Σ_j H_j) / (K − 1)`, at T = 1. Needs no labels, and believes
 * a teacher that is surely wrong: `ca-mkd` is better where there are labels.
 */
export const entropy: Strategy<'aggregator', unknown, {}> = defineAggregator({
  name: 'entropy',
  summary: 'Teachers by how sure they are of each sample.',
  create: () => ({
    label: 'entropy',
    aggregate({ signals }) {
      expectClasses(signals, 'entropy');
      const count = signals.length;
      if (count === 1) return mixTeachers(signals, tf.ones([1, 1]));
      const entropies = tf.stack(signals.map(({ logits }) => entropyOf(logits)), 1);
      const total = tf.sum(entropies, 1, true);
      // Teachers that are all entirely sure are heard alike.
      const shares = tf.where(tf.greater(total, 0), tf.divNoNan(entropies, total), tf.fill(entropies.shape, 1 / count));
      return mixTeachers(signals, tf.div(tf.sub(1, shares), count - 1) as Tensor2D);
    },
  }),
});

function entropyOf(logits: Tensor2D): tf.Tensor {
  const logProbabilities = tf.logSoftmax(logits);
  return tf.neg(tf.sum(tf.mul(tf.exp(logProbabilities), logProbabilities), 1));
}
