import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { targetOf } from '../knowledge/target.ts';
import type { LossContext } from '../objective/loss.ts';
import type { HardTerm } from '../objective/objective.ts';
import { lengthOf, type Batch } from './batch.ts';
import { meanOf } from './mean-of.ts';
import { rowsOf } from './rows.ts';
import type { LossTerm } from './taps.ts';

/** The terms against labels. @param outputs the student's outputs for every row of the batch */
export function hardSide(
  terms: readonly HardTerm[],
  batch: Batch,
  outputs: Readonly<Record<string, Tensor>>,
  context: (term: string) => LossContext,
  count: (term: string) => Scalar,
  sampleWeights: Tensor1D | undefined,
): LossTerm[] {
  const range = batch.layout.labelled;
  if (!range) return [];
  return terms.map((term) => {
    const student = term.granularity.view.apply(rowsOf(outputs[term.head.output]!, range, batch.layout) as Tensor2D);
    const labels = rowsOf(batch.tensors[`labels/${term.granularity.name}`]!, range, batch.layout) as Tensor1D;
    const input = { student, target: targetOf(student), labels: withoutNaN(labels), features: { student: {}, teacher: {} }, ...(term.views && { views: term.views }) };
    const reduction = { term: term.name, rows: lengthOf(range), mask: labelledMask(labels), weights: sampleWeights, count: count(term.name) };
    return { name: term.name, role: 'hard', mean: meanOf(term.loss, input, context(term.name), reduction).mean, weight: term.weight };
  });
}

/** A value that is not known becomes 0: the mask leaves it out of the mean, but NaN would spoil the gradients all the same. */
function withoutNaN<T extends Tensor>(labels: T): T {
  return labels.rank === 1 ? labels : (tf.where(tf.isNaN(labels), tf.zerosLike(labels), labels) as T);
}

/** True where a sample has a label. @returns bool `[batch]` */
export function labelledMask(labels: Tensor1D): Tensor1D {
  if (labels.rank === 1) return tf.greaterEqual(labels, tf.scalar(0, 'int32'));
  return tf.all(tf.logicalNot(tf.isNaN(labels)), -1);
}
