import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

type Method = (this: Tensor, ...rest: never[]) => unknown;

/** What TensorFlow.js's own code calls on tensors: the orthogonal initialiser, and the gradients of `prod` and `gather`. */
const methods: Readonly<Record<string, Method>> = {
  flatten(): Tensor { return tf.reshape(this, [-1]); },
  reshape(shape: number[]): Tensor { return tf.reshape(this, shape); },
  transpose(order?: number[]): Tensor { return tf.transpose(this, order); },
  stridedSlice(begin: number[], end: number[], strides?: number[]): Tensor { return tf.stridedSlice(this, begin, end, strides); },
  split(sizes: number | number[], axis?: number): Tensor[] { return tf.split(this, sizes, axis); },
  slice(begin: number[], size?: number[]): Tensor { return tf.slice(this, begin, size); },
  mul(other: Tensor): Tensor { return tf.mul(this, other); },
  sign(): Tensor { return tf.sign(this); },
  sum(axis?: number[], keepDims?: boolean): Tensor { return tf.sum(this, axis, keepDims); },
};

/**
 * Gives tensors the few methods that parts of TensorFlow.js take for granted, where the packages were loaded one by one
 * and nobody has added them. Recurrent layers with their default initialiser cannot be built without.
 */
export function completeTensorMethods(): void {
  const prototype = tf.Tensor.prototype as unknown as Record<string, Method>;
  for (const name in methods) prototype[name] ??= methods[name]!;
}
