import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Scalar, Tensor } from '@tensorflow/tfjs-core';
import { replace } from './replace.ts';

/** A kernel of kd's own: a backend that has it goes through the numbers once and writes none down. */
const SumOfSquares = 'KdSumOfSquares';

/** `Σ x²` over everything, without a gradient where a backend has the kernel. */
export function sumOfSquares(x: Tensor): Scalar {
  if (tf.getKernel(SumOfSquares, tf.getBackend())) return tf.engine().runKernel(SumOfSquares, { x } as unknown as NamedTensorMap) as Scalar;
  return replace(tf.square(x), (squared) => tf.sum(squared)) as Scalar;
}
