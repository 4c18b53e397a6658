import * as tf from '@tensorflow/tfjs-core';
import type { StateEntry } from '@kd/core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/** A trained linear map of `inputs` numbers to `outputs`. */
export function denseState(inputs: number, outputs: number): { readonly kernel: StateEntry; readonly bias: StateEntry } {
  return {
    kernel: { shape: [inputs, outputs], trainable: true, initial: 'glorot' },
    bias: { shape: [outputs], trainable: true, initial: 'zeros' },
  };
}

/** The same map at every position: a dense layer for vectors, a 1×1 convolution for maps. @param x `[..., inputs]` → `[..., outputs]` */
export function dense(x: Tensor, kernel: Tensor, bias: Tensor): Tensor {
  const [inputs, outputs] = kernel.shape as [number, number];
  const rows = tf.reshape(x, [-1, inputs]) as Tensor2D;
  return tf.reshape(tf.add(tf.matMul(rows, kernel as Tensor2D), bias as Tensor1D), [...x.shape.slice(0, -1), outputs]);
}
