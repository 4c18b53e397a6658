import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/** A kernel of kd's own: a backend that has it computes {@link evenMean} in one call. */
export const EvenMean = 'KdEvenMean';

/**
 * The mean of values that count alike, and its slope: `sum / count` and `slope / count`.
 *
 * @param perSample `[batch]`
 * @param slope `[batch, classes]`: of each value by the logits of its row
 */
export function evenMean(perSample: Tensor1D, slope: Tensor2D, count: Scalar): { readonly mean: Scalar; readonly slope: Tensor2D } {
  if (tf.getKernel(EvenMean, tf.getBackend())) {
    const [mean, shared] = tf.engine().runKernel<[Tensor, Tensor]>(EvenMean, { perSample, slope, count } as unknown as NamedTensorMap);
    return { mean: mean as Scalar, slope: shared as Tensor2D };
  }
  return { mean: tf.div(tf.sum(perSample), count), slope: tf.div(slope, count) };
}
