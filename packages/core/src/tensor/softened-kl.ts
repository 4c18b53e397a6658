import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { logSoftmax } from './log-softmax.ts';

/** A kernel of kd's own: a backend that has it computes {@link softenedKl} and its gradient in one call. */
export const SoftenedKl = 'KdSoftenedKl';

export interface SoftenedKlAttrs {
  readonly temperature: number;
  readonly targetTemperature: number;
}

/**
 * `T² · Σ_c p · (log p − log q)` per sample with `q = softmax(logits / T)` and `p = softmax(target / S)`, and its gradient
 * by the logits, `T · (q − p)`.
 *
 * @param logits `[batch, classes]`
 * @param target `[batch, classes]`: logits, with S the same as T, or log p itself, with S = 1
 */
export function softenedKl(logits: Tensor2D, target: Tensor2D, temperature: number, targetTemperature: number): { readonly perSample: Tensor1D; readonly slope: Tensor2D } {
  if (tf.getKernel(SoftenedKl, tf.getBackend())) {
    const [perSample, slope] = tf.engine().runKernel<[Tensor, Tensor]>(SoftenedKl, { logits, target } as unknown as NamedTensorMap, { temperature, targetTemperature });
    return { perSample: perSample as Tensor1D, slope: slope as Tensor2D };
  }
  const logQ = logSoftmax(logits, temperature);
  const logP = logSoftmax(target, targetTemperature);
  const p = tf.exp(logP);
  const perSample = tf.mul(tf.sum(tf.mul(p, tf.sub(logP, logQ)), -1), temperature ** 2);
  return { perSample: perSample as Tensor1D, slope: tf.mul(tf.sub(tf.exp(logQ), p), temperature) as Tensor2D };
}
