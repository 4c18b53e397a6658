import type { Scalar } from '@tensorflow/tfjs-core';
import { perSampleOf, type Loss, type LossContext, type LossInput } from '../objective/loss.ts';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import { knownMean } from './known-mean.ts';
import { weighedMean, type Reduction } from './weighed-mean.ts';

/** A term's loss, reduced, and what it changes of its own state. */
export function meanOf(loss: Loss, input: LossInput, context: LossContext, reduction: Reduction): { readonly mean: Scalar; readonly updates: NamedTensors } {
  if (loss.valueAndSlope) return { mean: knownMean(loss.valueAndSlope, input, context, reduction), updates: {} };
  const output = loss.compute(input, context);
  return { mean: weighedMean(perSampleOf(output), reduction), updates: 'updates' in output ? output.updates : {} };
}
