import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * `value`, but at least `-limit` and at most `limit`. Where the bound holds, only gradients that lead back inside pass:
 * descent neither runs away from the bound nor gets stuck behind it, as it would with `clipByValue`.
 */
export function bounded<T extends Tensor>(value: T, limit: number): T {
  const op = tf.customGrad((x, save) => {
    (save as (tensors: Tensor[]) => void)([x as Tensor]);
    return {
      value: tf.clipByValue(x as Tensor, -limit, limit),
      gradFunc: (dy: Tensor, [saved]: Tensor[]) => {
        const inward = tf.where(tf.greater(saved!, 0), tf.maximum(dy, 0), tf.minimum(dy, 0));
        return tf.where(tf.greater(tf.abs(saved!), limit), inward, dy);
      },
    };
  });
  return op(value) as T;
}
