import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { kdError } from '../errors/kd-error.ts';

/**
 * The one place where losses are masked, weighed and reduced: `Σ mask · weight · loss / count`. One operation on the tape.
 *
 * @param perSample `[batch]`, as the loss returned it
 * @param mask bool `[batch]`, false for samples that the term does not cover; a loss may be NaN there
 * @param weights `[batch]`, α or 1 − α of each sample, where α is set per sample
 * @param count samples that the term covers in the whole batch, also where this is one micro-batch of it; a knob, which outlives
 *   the tape
 */
export function weighedMean(term: string, perSample: Tensor1D, rows: number, mask: Tensor1D | undefined, weights: Tensor1D | undefined, count: Scalar): Scalar {
  if (perSample.rank !== 1 || perSample.shape[0] !== rows) throw kdError('KD_LOSS_SHAPE', { term, expected: [rows], received: perSample.shape });
  const operation = tf.customGrad((given, save) => {
    const values = given as Tensor1D;
    const covered = mask ? tf.where(mask, values, tf.zerosLike(values)) : values;
    const factors = factorsOf(mask, weights);
    (save as (tensors: Tensor[]) => void)(factors ? [factors] : []);
    return {
      value: tf.div(tf.sum(factors ? tf.mul(covered, factors) : covered), count),
      gradFunc: (dy: Tensor, [saved]: Tensor[]) => tf.mul(saved ?? tf.ones([rows]), tf.div(dy, count)),
    };
  });
  return operation(perSample) as Scalar;
}

/** By how much each sample counts, `[batch]`; undefined where all count alike. */
function factorsOf(mask: Tensor1D | undefined, weights: Tensor1D | undefined): Tensor1D | undefined {
  const covered = mask && (tf.cast(mask, 'float32') as Tensor1D);
  return covered && weights ? tf.mul(covered, weights) : (covered ?? weights);
}
