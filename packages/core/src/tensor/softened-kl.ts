import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { logSoftmax } from './log-softmax.ts';

/** A kernel of kd's own: a backend that has it computes {@link softenedKl} and its gradient in one call. */
export const SoftenedKl = 'KdSoftenedKl';

export interface SoftenedKlAttrs {
  readonly temperature: number;
}

/**
 * `T² · Σ_c p · (log p − log q)` per sample with `q = softmax(logits / T)`. One operation on the tape, for its gradient is
 * known: `T · (q − p)`.
 *
 * @param logits `[batch, classes]`
 * @param logTarget makes log p at the same temperature, `[batch, classes]`, off the tape: constants
 * @returns `[batch]`
 */
export function softenedKl(logits: Tensor2D, logTarget: () => Tensor2D, temperature: number): Tensor1D {
  const operation = tf.customGrad((given, save) => {
    const [value, slope] = valueAndSlope(given as Tensor2D, logTarget(), temperature);
    (save as (tensors: Tensor[]) => void)([slope]);
    return { value, gradFunc: (dy: Tensor, [saved]: Tensor[]) => tf.mul(saved!, tf.expandDims(dy, 1)) };
  });
  return operation(logits) as Tensor1D;
}

function valueAndSlope(logits: Tensor2D, logTarget: Tensor2D, temperature: number): [Tensor, Tensor] {
  if (tf.getKernel(SoftenedKl, tf.getBackend())) {
    return tf.engine().runKernel<[Tensor, Tensor]>(SoftenedKl, { logits, logTarget } as unknown as NamedTensorMap, { temperature });
  }
  const logQ = logSoftmax(logits, temperature);
  const p = tf.exp(logTarget);
  const value = tf.mul(tf.sum(tf.mul(p, tf.sub(logTarget, logQ)), -1), temperature ** 2);
  return [value, tf.mul(tf.sub(tf.exp(logQ), p), temperature)];
}
