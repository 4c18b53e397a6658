import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { batchNorm } from '../tensor/batch-norm.ts';
import type { LayerVariable } from './layers.ts';
import type { LayerLike, Replacement } from './replacement.ts';

interface BatchNormalization extends LayerLike {
  readonly axis: number;
  /** Once the layer is built. */
  readonly inputSpec?: readonly { readonly ndim?: number }[];
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
 * `gamma` or `beta`, or over another axis than the last; here it trains. After training, TensorFlow.js answers for itself
 * unless {@link isMiscalculated}.
 */
export const batchNormLayer: Replacement = (candidate) => {
  if (candidate.getClassName() !== 'BatchNormalization') return undefined;
  const layer = candidate as BatchNormalization;
  return (x, { training }) => {
    if (x.rank < 2 || x.dtype !== 'float32') return undefined;
    if (!training) return isMiscalculated(layer) ? tf.tidy(() => withAverages(x, layer)) : undefined;
    return tf.tidy(() => withAxisLast(x, axisOf(layer, x.rank), (turned) => {
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

/**
 * Whether TensorFlow.js itself answers wrongly for a trained layer: on its cpu and wasm backends the averages go along the
 * last axis, whichever is asked for, and with more than four axes there is an error.
 */
export function isMiscalculated(candidate: LayerLike): boolean {
  if (candidate.getClassName() !== 'BatchNormalization') return false;
  const layer = candidate as BatchNormalization;
  const rank = layer.inputSpec?.[0]?.ndim;
  return rank !== undefined && (rank > 4 || axisOf(layer, rank) !== rank - 1);
}

function axisOf({ axis }: BatchNormalization, rank: number): number {
  return (axis + rank) % rank;
}

function withAverages(x: Tensor, layer: BatchNormalization): Tensor {
  const axis = axisOf(layer, x.rank);
  const along = (variable: LayerVariable): Tensor => tf.reshape(variable.read(), x.shape.map((length, i) => (i === axis ? length : 1)));
  const rate = tf.rsqrt(tf.add(along(layer.movingVariance), layer.epsilon));
  const scaled = tf.mul(tf.sub(x, along(layer.movingMean)), layer.gamma ? tf.mul(rate, along(layer.gamma)) : rate);
  return layer.beta ? tf.add(scaled, along(layer.beta)) : scaled;
}

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
