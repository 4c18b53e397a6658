import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { normalise } from './normalise.ts';

const SMALLEST_SQUARE = 1e-12;

/** `out[i, j] = x[j] − x[i]`: explicit differences, for the Gram form loses digits. @param features `[batch, ...]` → `[batch, batch, numbers]` */
function differences(features: Tensor): Tensor3D {
  const flat = tf.reshape(features, [features.shape[0]!, -1]) as Tensor2D;
  return tf.sub(tf.expandDims(flat, 0), tf.expandDims(flat, 1));
}

/** Euclidean distances between samples, divided by their mean; 0 on the diagonal. @returns `[batch, batch]` */
export function distancesBetween(features: Tensor): Tensor2D {
  const batch = features.shape[0]!;
  const same = tf.eye(batch);
  const squares = tf.maximum(tf.sum(tf.square(differences(features)), -1), SMALLEST_SQUARE);
  // The root of the diagonal would have no gradient, so it is taken of 1 there and left out after.
  const distances = tf.mul(tf.sqrt(tf.add(squares, same)), tf.sub(1, same));
  const mean = tf.div(tf.sum(distances), Math.max(1, batch * (batch - 1)));
  return (batch > 1 ? tf.div(distances, mean) : distances) as Tensor2D;
}

/** `out[i, j, k]`: the cosine at sample i between samples j and k; 0 where two of them are the same. @returns `[batch, batch, batch]` */
export function anglesBetween(features: Tensor): Tensor3D {
  const directions = normalise(differences(features));
  return tf.matMul(directions, directions, false, true);
}

/** `½ d²` up to 1, `|d| − ½` beyond. */
export function huber(difference: Tensor): Tensor {
  const size = tf.abs(difference);
  const within = tf.minimum(size, 1);
  return tf.mul(within, tf.sub(size, tf.mul(within, 0.5)));
}
