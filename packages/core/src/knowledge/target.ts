import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { logSoftmax, type Temperature } from '../tensor/log-softmax.ts';
import { remembered } from '../tensor/remembered.ts';

/** What the student should learn in one granularity: the teachers' aggregated signals, constants for the gradient. */
export interface Target {
  /** `[batch, classes]`, rows sum to 1. */
  probabilities(temperature?: Temperature): Tensor2D;
  /** `[batch, classes]`, computed in log space, finite. */
  logProbabilities(temperature?: Temperature): Tensor2D;
  /** `[batch, classes]`: the logits of a single teacher or of a geometric mean; of a mixture, its log-probabilities at T = 1. */
  logits(): Tensor2D;
}

/** A teacher weight: one for all `[]`, per sample `[batch, 1]`, or per sample and class `[batch, classes]`; log of it. */
export type LogWeight = Tensor | number;

/** What `logProbabilities` soften, by that function: a target that somebody has changed is not taken for the one it was. */
const softened = new WeakMap<Target['logProbabilities'], Tensor2D>();

/** The logits of which `logProbabilities(T)` is `log softmax(logits / T)`, for a loss that softens them itself. */
export function softenedLogits({ logProbabilities }: Target): Tensor2D | undefined {
  return softened.get(logProbabilities);
}

/** The target of one set of logits `[batch, classes]`. */
export function targetOf(logits: Tensor2D): Target {
  const target = rememberedTarget((temperature) => logSoftmax(logits, temperature), () => logits);
  softened.set(target.logProbabilities, logits);
  return target;
}

/**
 * Mixture of the teachers' probabilities: `log p̄ = LSE_k(log softmax(t_k / T) + log w_k)`, renormalised.
 *
 * @param logits one `[batch, classes]` a teacher
 * @param logWeights one a teacher, in the same order
 */
export function mixtureOf(logits: readonly Tensor2D[], logWeights: readonly LogWeight[]): Target {
  if (logits.length === 1) return targetOf(logits[0]!);
  const mix = (temperature: Temperature): Tensor2D => {
    const terms = logits.map((teacher, k) => tf.add(logSoftmax(teacher, temperature), logWeights[k]!));
    return logSoftmax(tf.logSumExp(tf.stack(terms), 0) as Tensor2D);
  };
  const target = rememberedTarget(mix, () => target.logProbabilities(1));
  return target;
}

/**
 * Geometric mean of the teachers: `softmax(Σ_k w_k t_k / T)`. One teacher near 0 vetoes a class.
 *
 * @param weights one number or tensor a teacher, summing to 1
 */
export function geometricMeanOf(logits: readonly Tensor2D[], weights: readonly (Tensor | number)[]): Target {
  return targetOf(tf.addN(logits.map((teacher, k) => tf.mul(teacher, weights[k]!))) as Tensor2D);
}

/** Computes each temperature once, and again where the scope that computed it is gone. */
function rememberedTarget(compute: (temperature: Temperature) => Tensor2D, logits: () => Tensor2D): Target {
  const perTemperature = (make: (temperature: Temperature) => Tensor2D): ((temperature?: Temperature) => Tensor2D) => {
    const known = new Map<Temperature, () => Tensor2D>();
    return (temperature = 1) => {
      let found = known.get(temperature);
      if (!found) known.set(temperature, (found = remembered(() => make(temperature))));
      return found();
    };
  };
  const logProbabilities = perTemperature(compute);
  const probabilities = perTemperature((temperature) => tf.exp(logProbabilities(temperature)));
  return { logits, logProbabilities, probabilities };
}
