import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import { globalNorm } from './optimizers/clip-by-global-norm.ts';

/** Norms of two gradients and the cosine between them; 0 where one vanishes. */
export function normAndCosine(a: Readonly<NamedTensors>, b: Readonly<NamedTensors>): { readonly 'norm/hard': Scalar; readonly 'norm/soft': Scalar; readonly cosine: Scalar } {
  const names = Object.keys(a);
  const dot = tf.addN(names.map((name) => tf.sum(tf.mul(a[name]!, b[name]!))));
  const hard = globalNorm(a);
  const soft = globalNorm(b);
  return { 'norm/hard': hard, 'norm/soft': soft, cosine: tf.divNoNan(dot, tf.mul(hard, soft)) };
}
