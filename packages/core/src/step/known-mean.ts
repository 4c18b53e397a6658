import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { withStudent, type Loss, type LossContext, type LossInput } from '../objective/loss.ts';
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
    (save as (tensors: Tensor[]) => void)(factors ? [slope, factors] : [slope]);
    return {
      value: reduced(perSample, factors, reduction),
      gradFunc: (dy: Tensor, [savedSlope, savedFactors]: Tensor[]) => {
        const share = tf.div(dy, count);
        return tf.mul(savedSlope!, savedFactors ? tf.expandDims(tf.mul(savedFactors, share), 1) : share);
      },
    };
  });
  return operation(input.student) as Scalar;
}
