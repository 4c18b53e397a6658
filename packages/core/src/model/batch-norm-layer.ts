import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { batchNorm } from '../tensor/batch-norm.ts';
import type { LayerVariable } from './layers.ts';
import type { LayerLike, Replacement } from './replacement.ts';

interface BatchNormalization extends LayerLike {
  readonly axis: number;
  readonly epsilon: number;
  readonly momentum: number;
  /** Missing where the layer does not scale, or not centre. */
  readonly gamma?: LayerVariable;
  readonly beta?: LayerVariable;
  readonly movingMean: LayerVariable;
  readonly movingVariance: LayerVariable;
}

/**
 * Batch normalisation in training as one operation; see {@link batchNorm}. TensorFlow.js fails to train a layer without
 * `gamma` or `beta`, or over another axis than the last; here it trains.
 */
export const batchNormLayer: Replacement = (candidate) => {
  if (candidate.getClassName() !== 'BatchNormalization') return undefined;
  const layer = candidate as BatchNormalization;
  return (x, { training }) => {
    if (!training || x.rank < 2 || x.dtype !== 'float32') return undefined;
    return tf.tidy(() => withAxisLast(x, (layer.axis + x.rank) % x.rank, (turned) => {
      const channels = turned.shape.at(-1)!;
      const gamma = layer.gamma?.read() ?? tf.ones([channels]);
      const beta = layer.beta?.read() ?? tf.zeros([channels]);
      return batchNorm(turned, gamma as Tensor1D, beta as Tensor1D, layer.epsilon, (mean, variance) => {
        moveTowards(layer.movingMean, mean, layer.momentum);
        moveTowards(layer.movingVariance, variance, layer.momentum);
      });
    }));
  };
};

/** Computes with one axis behind all others, and puts it back. */
function withAxisLast(x: Tensor, axis: number, compute: (turned: Tensor) => Tensor): Tensor {
  if (axis === x.rank - 1) return compute(x);
  const order = x.shape.map((_, i) => i).filter((i) => i !== axis);
  const back = [...order, axis].map((_, i) => [...order, axis].indexOf(i));
  return tf.transpose(compute(tf.transpose(x, [...order, axis])), back);
}

function moveTowards(average: LayerVariable, value: Tensor, momentum: number): void {
  const before = average.read();
  average.write(tf.sub(before, tf.mul(tf.sub(before, value), 1 - momentum)));
}
