import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../tensor/named-tensors.ts';

/** Norms of two gradients and the cosine between them; 0 where one vanishes. */
export function normAndCosine(a: Readonly<NamedTensors>, b: Readonly<NamedTensors>): { readonly 'norm/hard': Scalar; readonly 'norm/soft': Scalar; readonly cosine: Scalar } {
  const names = Object.keys(a);
  const dot = (x: Readonly<NamedTensors>, y: Readonly<NamedTensors>): Scalar => tf.addN(names.map((name) => tf.sum(tf.mul(x[name]!, y[name]!)))) as Scalar;
  const hard = tf.sqrt(dot(a, a));
  const soft = tf.sqrt(dot(b, b));
  return { 'norm/hard': hard, 'norm/soft': soft, cosine: tf.divNoNan(dot(a, b), tf.mul(hard, soft)) };
}
