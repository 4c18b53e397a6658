import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { computeBySlope, type Loss, type ValueAndSlope } from '../../objective/loss.ts';
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
  create({ labelSmoothing }): Loss {
    const valueAndSlope: Loss['valueAndSlope'] = ({ student, labels }) => smoothedCrossEntropy(student, tf.cast(labels, 'int32') as Tensor1D, labelSmoothing);
    return { role: 'hard', label: labelSmoothing > 0 ? `CE(ε=${labelSmoothing})` : 'CE', compute: computeBySlope(valueAndSlope), valueAndSlope };
  },
});

/** The gradient is `softmax(z) − targets`, 0 for a sample without a label. */
function smoothedCrossEntropy(logits: Tensor2D, labels: Tensor1D, smoothing: number): ValueAndSlope {
  const classes = logits.shape[1];
  // On wasm, oneHot writes whole numbers whatever type it is asked for.
  const hits = tf.cast(tf.oneHot(labels, classes), 'float32');
  const known = tf.sum(hits, 1, true);
  const targets = smoothing === 0 ? hits : tf.add(tf.mul(hits, 1 - smoothing), tf.mul(known, smoothing / classes));
  const logQ = logSoftmax(logits);
  return {
    perSample: tf.neg(tf.sum(tf.mul(targets, logQ), -1)) as Tensor1D,
    slope: tf.sub(tf.mul(tf.exp(logQ), known), targets) as Tensor2D,
  };
}
