import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { withStudent, type Loss, type LossContext, type LossInput } from '../objective/loss.ts';
import { evenMean } from '../tensor/even-mean.ts';
import { expectPerSample, factorsOf, reduced, type Reduction } from './weighed-mean.ts';

/**
 * The mean of a loss that knows its own gradient: loss and mean are one operation on the tape. `∂mean / ∂student` is
 * `weight · slope / count`, row by row.
 */
export function knownMean(valueAndSlope: NonNullable<Loss['valueAndSlope']>, input: LossInput, context: LossContext, reduction: Reduction): Scalar {
  const { mask, weights, count } = reduction;
  const operation = tf.customGrad((student, save) => {
    const { perSample, slope } = valueAndSlope(withStudent(input, student as Tensor2D), context);
    expectPerSample(perSample, reduction);
    const factors = factorsOf(mask, weights);
    const keep = save as (tensors: Tensor[]) => void;
    if (!factors) {
      const even = evenMean(perSample, slope, count);
      keep([even.slope]);
      return { value: even.mean, gradFunc: (dy: Tensor, [saved]: Tensor[]) => tf.mul(saved!, dy) };
    }
    keep([slope, factors]);
    return {
      value: reduced(perSample, factors, reduction),
      gradFunc: (dy: Tensor, [savedSlope, savedFactors]: Tensor[]) => tf.mul(savedSlope!, tf.expandDims(tf.mul(savedFactors!, tf.div(dy, count)), 1)),
    };
  });
  return operation(input.student) as Scalar;
}
