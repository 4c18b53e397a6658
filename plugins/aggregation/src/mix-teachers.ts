import * as tf from '@tensorflow/tfjs-core';
import { kdError, mixtureOf, type Aggregate, type TeacherSignal } from '@kd/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

const SMALLEST_WEIGHT = 1e-30;

/**
 * The teachers' probabilities, mixed by weights that sum to 1 over the teachers.
 *
 * @param weights `[batch, teachers]`, or `[1, teachers]` for the same weights in every sample
 */
export function mixTeachers(signals: readonly TeacherSignal[], weights: Tensor2D): Aggregate {
  const columns = tf.split(tf.log(tf.maximum(weights, SMALLEST_WEIGHT)), signals.length, 1);
  return { target: mixtureOf(signals.map(({ logits }) => logits), columns), weights: tf.unstack(tf.mean(weights, 0)) };
}

/** These aggregators judge answers about classes. @throws KD_STRATEGY_OPTIONS for teachers that answer with values */
export function expectClasses(signals: readonly TeacherSignal[], name: string): void {
  if (signals.every(({ signal }) => signal.kind !== 'values')) return;
  throw kdError('KD_STRATEGY_OPTIONS', { kind: 'aggregator', name, where: 'aggregation', problems: ["it judges classes, but these teachers answer with values; use 'mean' or 'weighted' for them"] });
}
