import * as tf from '@tensorflow/tfjs-core';
import type { LayerLike, Replacement } from './replacement.ts';

interface Convolution extends LayerLike {
  readonly kernelSize: readonly number[];
  readonly dataFormat: string;
  dilationRate: readonly number[];
  padding: string;
}

/** The layers library's depthwise layer alone knows of no dilation. */
const CLASSES: ReadonlySet<string> = new Set(['Conv1D', 'Conv2D', 'SeparableConv2D']);

/**
 * Dilated convolutions in training. TensorFlow.js has no gradient of them: the same comes out where every n-th row and
 * column is a sample of its own, and the convolution is a plain one.
 */
export const dilatedLayer: Replacement = (candidate) => {
  const layer = candidate as Convolution;
  if (!CLASSES.has(layer.getClassName()) || layer.dataFormat !== 'channelsLast' || !layer.dilationRate.some((rate) => rate > 1)) return undefined;
  const call = layer.call.bind(layer);
  const { dilationRate, padding, kernelSize } = layer;
  if (padding !== 'same' && padding !== 'valid') return undefined;
  return (x, { training }) => {
    if (!training) return undefined;
    return tf.tidy(() => {
      const sides = dilationRate.map((rate, i) => sidesOf(x.shape[i + 1]!, padding === 'same' ? rate * (kernelSize[i]! - 1) : 0, rate));
      const samples = tf.spaceToBatchND(x, [...dilationRate], sides.map(({ before, after, filled }) => [before, after + filled]));
      try {
        Object.assign(layer, { dilationRate: dilationRate.map(() => 1), padding: 'valid' });
        return tf.batchToSpaceND(call(samples, { training }) as tf.Tensor, [...dilationRate], sides.map(({ filled }) => [0, filled]));
      } finally {
        Object.assign(layer, { dilationRate, padding });
      }
    });
  };
};

/** Zeros before and after, and those that make up a multiple of the rate, whose results are cut off again. */
function sidesOf(length: number, padded: number, rate: number): { before: number; after: number; filled: number } {
  const before = Math.floor(padded / 2);
  return { before, after: padded - before, filled: (rate - ((length + padded) % rate)) % rate };
}
