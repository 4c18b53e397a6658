import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { batchNorm } from '../tensor/batch-norm.ts';
import type { LayerLike, Replacement } from './replacement.ts';

type LayerVariable = LayersModel['weights'][number];

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
 * Batch normalisation in training as one operation; see {@link batchNorm}. A layer over another axis than the last
 * computes by itself. TensorFlow.js fails to train one without `gamma` or `beta`; here it trains.
 */
export const batchNormLayer: Replacement = (candidate) => {
  if (candidate.getClassName() !== 'BatchNormalization') return undefined;
  const layer = candidate as BatchNormalization;
  return (x, { training }) => {
    const isLast = layer.axis === -1 || layer.axis === x.rank - 1;
    if (!training || !isLast || x.rank < 2 || x.dtype !== 'float32') return undefined;
    return tf.tidy(() => {
      const channels = x.shape.at(-1)!;
      const gamma = layer.gamma?.read() ?? tf.ones([channels]);
      const beta = layer.beta?.read() ?? tf.zeros([channels]);
      return batchNorm(x, gamma as Tensor1D, beta as Tensor1D, layer.epsilon, (mean, variance) => {
        moveTowards(layer.movingMean, mean, layer.momentum);
        moveTowards(layer.movingVariance, variance, layer.momentum);
      });
    });
  };
};

function moveTowards(average: LayerVariable, value: Tensor, momentum: number): void {
  const before = average.read();
  average.write(tf.sub(before, tf.mul(tf.sub(before, value), 1 - momentum)));
}
