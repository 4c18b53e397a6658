import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Objective } from '../objective/objective.ts';
import type { Batch } from './batch.ts';
import { rowsOf } from './rows.ts';

/**
 * How many labelled rows the student gets right on its first head; NaN where there are none, or none can be right.
 *
 * @param outputs of that head, `[rows, classes]`
 */
export function correctAnswers({ heads }: Objective, batch: Batch, outputs: Tensor): Scalar | number {
  const { space } = heads[0]!;
  const range = batch.layout.labelled;
  if (!range || space.kind === 'values') return Number.NaN;
  const labels = rowsOf(batch.tensors[`labels/${space.name}`]!, range, batch.layout);
  const answers = tf.argMax(rowsOf(outputs, range, batch.layout), -1);
  return tf.sum(tf.cast(tf.equal(answers, labels), 'float32'));
}
