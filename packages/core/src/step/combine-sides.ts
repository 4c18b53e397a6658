import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { Objective } from '../objective/objective.ts';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import type { LossTerm } from './taps.ts';
import { weighedSum } from './weighed-sum.ts';

/** `Σ weight · mean` of one side; undefined when the batch has no such side. */
export function sumOfSide(terms: readonly LossTerm[], role: 'hard' | 'soft'): Scalar | undefined {
  const side = terms.filter((term) => term.role === role);
  if (side.length === 0) return undefined;
  return weighedSum(side.map(({ mean }) => mean), side.map(({ weight }) => weight));
}

/**
 * `α · hard + (1 − α) · soft`, or what the scheduler's own learned weighing makes of the two sides. Where α is set per
 * sample, the sides were weighed before their means were taken and are summed here. A part of a batch may lack a side that
 * the objective has; it is weighed by the same weights as the whole.
 */
export function combineSides(
  objective: Objective,
  hard: Scalar | undefined,
  soft: Scalar | undefined,
  alpha: Scalar,
  perSample: Tensor1D | undefined,
  learned: Readonly<NamedTensors>,
): { readonly total: Scalar; readonly alpha: Scalar } {
  const zero = (): Scalar => tf.scalar(0);
  if (perSample) return { total: tf.add(hard ?? zero(), soft ?? zero()), alpha: tf.mean(perSample) };
  const own = objective.hard.length > 0 && objective.soft.length > 0 ? objective.alpha.learned : undefined;
  if (own) return own.weigh({ hard: hard ?? zero(), soft: soft ?? zero() }, learned);
  if (hard && soft) return { total: between(soft, hard, alpha), alpha };
  if (hard) return { total: weighedSum([hard], [alpha]), alpha };
  return { total: soft ? weighedSum([soft], [tf.sub(1, alpha)]) : zero(), alpha };
}

/** `α · hard + (1 − α) · soft` as one operation on the tape. @param alpha a knob, which outlives the tape */
function between(soft: Scalar, hard: Scalar, alpha: Scalar): Scalar {
  const operation = tf.customGrad((...[from, to]) => ({
    value: tf.add(from as Scalar, tf.mul(tf.sub(to as Scalar, from as Scalar), alpha)),
    gradFunc: (dy: Tensor) => {
      const share = tf.mul(dy, alpha);
      return [tf.sub(dy, share), share];
    },
  }));
  return operation(soft, hard) as Scalar;
}
