import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineLoss, type Strategy } from '../../plugin/strategy.ts';
import { logSoftmax } from '../../tensor/log-softmax.ts';

export interface CrossEntropyOptions {
  /** Share of the label's mass that is spread evenly over all classes, in [0, 1); default 0. */
  readonly labelSmoothing: number;
}

const options: z.ZodType<CrossEntropyOptions> = z.strictObject({
  labelSmoothing: z.number().min(0).lt(1).default(0),
});

/**
 * `−log softmax(z)_y` per sample, with label smoothing `(1 − ε)·CE + ε·mean_c(−log q_c)` (Szegedy et al., 2016).
 * Samples without a label (-1) give 0.
 */
export const crossEntropy: Strategy<'loss', CrossEntropyOptions, {}> = defineLoss({
  name: 'cross-entropy',
  summary: 'Cross-entropy with the labels.',
  options,
  create: ({ labelSmoothing }) => ({
    role: 'hard',
    label: labelSmoothing > 0 ? `CE(ε=${labelSmoothing})` : 'CE',
    compute: ({ student, labels }) => smoothedCrossEntropy(student, tf.cast(labels, 'int32') as Tensor1D, labelSmoothing),
  }),
});

/** One operation on the tape, for its gradient is known: `softmax(z) − targets`, 0 for a sample without a label. */
function smoothedCrossEntropy(student: Tensor2D, labels: Tensor1D, smoothing: number): Tensor1D {
  const classes = student.shape[1];
  // On wasm, oneHot writes whole numbers whatever type it is asked for.
  const hits = tf.cast(tf.oneHot(labels, classes), 'float32');
  const targets = smoothing === 0 ? hits : tf.add(tf.mul(hits, 1 - smoothing), tf.mul(tf.sum(hits, 1, true), smoothing / classes));
  const operation = tf.customGrad((values, save) => {
    const logits = values as Tensor2D;
    const logQ = logSoftmax(logits);
    (save as (tensors: Tensor[]) => void)([logQ, targets]);
    return {
      value: tf.neg(tf.sum(tf.mul(targets, logQ), -1)),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const known = tf.sum(saved[1]!, 1, true);
        return tf.mul(tf.sub(tf.mul(tf.exp(saved[0]!), known), saved[1]!), tf.expandDims(dy, 1));
      },
    };
  });
  return operation(student) as Tensor1D;
}
