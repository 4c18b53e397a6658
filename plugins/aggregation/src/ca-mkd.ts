import * as tf from '@tensorflow/tfjs-core';
import { defineAggregator, type Strategy } from '@kd/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expectClasses, mixTeachers } from './mix-teachers.ts';

/**
 * Confidence-aware weights (Zhang, Chen and Wang, 2022): in each sample a teacher counts the more, the lower its
 * cross-entropy with the label, `w_k = (1 − softmax_k(CE_k)) / (K − 1)`, at T = 1. Samples without a label hear all
 * teachers alike; a single teacher is heard as it is.
 */
export const caMkd: Strategy<'aggregator', unknown, {}> = defineAggregator({
  name: 'ca-mkd',
  summary: 'Teachers by how well they know the label of each sample.',
  create: () => ({
    label: 'ca-mkd',
    aggregate({ signals, classes, labels }) {
      expectClasses(signals, 'ca-mkd');
      const count = signals.length;
      if (count === 1) return mixTeachers(signals, tf.ones([1, 1]));
      const label = tf.oneHot(tf.cast(labels, 'int32'), classes);
      const losses = signals.map(({ logits }) => tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), label), 1)));
      // Without a label every cross-entropy is 0, which makes the weights uniform.
      const shares = tf.softmax(tf.stack(losses, 1));
      return mixTeachers(signals, tf.div(tf.sub(1, shares), count - 1) as Tensor2D);
    },
  }),
});
