import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { kdError } from '../errors/kd-error.ts';

/** How the values of a term's samples become one. */
export interface Reduction {
  readonly term: string;
  readonly rows: number;
  /** bool `[batch]`, false for samples that the term does not cover; a loss may be NaN there. */
  readonly mask: Tensor1D | undefined;
  /** `[batch]`, α or 1 − α of each sample, where α is set per sample. */
  readonly weights: Tensor1D | undefined;
  /** Samples that the term covers in the whole batch, also where this is one micro-batch of it; a knob, which outlives the tape. */
  readonly count: Scalar;
}

/** Where losses are masked, weighed and reduced: `Σ mask · weight · loss / count`. One operation on the tape. */
export function weighedMean(perSample: Tensor1D, reduction: Reduction): Scalar {
  const { rows, mask, weights, count } = reduction;
  expectPerSample(perSample, reduction);
  const operation = tf.customGrad((given, save) => {
    const factors = factorsOf(mask, weights);
    (save as (tensors: Tensor[]) => void)(factors ? [factors] : []);
    return {
      value: reduced(given as Tensor1D, factors, reduction),
      gradFunc: (dy: Tensor, [saved]: Tensor[]) => tf.mul(saved ?? tf.ones([rows]), tf.div(dy, count)),
    };
  });
  return operation(perSample) as Scalar;
}

/** One value a sample, or `KD_LOSS_SHAPE`. */
export function expectPerSample(perSample: Tensor1D, { term, rows }: Reduction): void {
  if (perSample.rank !== 1 || perSample.shape[0] !== rows) throw kdError('KD_LOSS_SHAPE', { term, expected: [rows], received: perSample.shape });
}

/** By how much each sample counts, `[batch]`; undefined where all count alike. */
export function factorsOf(mask: Tensor1D | undefined, weights: Tensor1D | undefined): Tensor1D | undefined {
  const covered = mask && (tf.cast(mask, 'float32') as Tensor1D);
  return covered && weights ? tf.mul(covered, weights) : (covered ?? weights);
}

/** @param factors of {@link factorsOf} */
export function reduced(perSample: Tensor1D, factors: Tensor1D | undefined, { mask, count }: Reduction): Scalar {
  const covered = mask ? tf.where(mask, perSample, tf.zerosLike(perSample)) : perSample;
  return tf.div(tf.sum(factors ? tf.mul(covered, factors) : covered), count) as Scalar;
}
