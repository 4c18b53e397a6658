import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { activeSets } from './active-sets.ts';

const RIDGE = 1e-7;

/**
 * `argmin_w ½ ‖Σ_k w_k g_k‖²` over `Σ w = 1`, `0 ≤ w_k ≤ cap`, exactly: every choice of weights at 0, at the cap and free
 * is one small linear system, all are solved at once, and the one that meets the optimum's conditions (Karush, Kuhn and
 * Tucker) is taken. Only tensor operations: no number is read.
 *
 * @param gradients `[teachers, numbers]`
 * @returns `[teachers]`
 * @throws KD_STRATEGY_OPTIONS for more teachers than can be enumerated
 */
export function cappedMinNorm(gradients: Tensor2D, cap: number): Tensor1D {
  const count = gradients.shape[0];
  if (count === 1) return tf.ones([1]);
  const limit = Math.max(cap, 1 / count);
  const gram = tf.matMul(gradients, gradients, false, true);
  const identity = tf.eye(count);
  const scaled = tf.add(tf.divNoNan(gram, tf.sum(tf.mul(gram, identity))), tf.mul(identity, RIDGE / count)) as Tensor2D;

  const sets = activeSets(count, limit);
  const free = tf.tensor2d(sets.free, [sets.count, count]);
  const capped = tf.tensor2d(sets.capped, [sets.count, count]);
  const solved = solve(systems(scaled, free, capped, limit));
  const weights = tf.slice(solved, [0, 0], [-1, count]);
  const slopes = tf.matMul(weights, scaled);
  const someFree = tf.max(free, 1, true);
  const highestCapped = tf.max(tf.sub(slopes, tf.mul(tf.sub(1, capped), 1e9)), 1, true);
  const multiplier = tf.where(tf.greater(someFree, 0), tf.slice(solved, [0, count], [-1, 1]), highestCapped);
  const outside = tf.add(tf.relu(tf.neg(weights)), tf.relu(tf.sub(weights, limit)));
  const tooFlat = tf.mul(tf.relu(tf.sub(multiplier, slopes)), tf.sub(1, tf.add(free, capped)));
  const tooSteep = tf.mul(tf.relu(tf.sub(slopes, multiplier)), capped);
  // Where several meet them, as for gradients that vanish, the one that listens to most teachers.
  const violation = tf.sum(tf.sub(tf.addN([outside, tooFlat, tooSteep]), tf.mul(free, RIDGE)), 1);
  const best = tf.gather(weights, tf.argMin(violation)) as Tensor as Tensor1D;
  const inside = tf.clipByValue(best, 0, limit);
  return tf.div(inside, tf.sum(inside));
}

/** `[sets, count + 1, count + 2]`: free weights have slopes equal to the multiplier, the others are given, the sum is 1. */
function systems(gram: Tensor2D, free: Tensor2D, capped: Tensor2D, limit: number): Tensor {
  const count = gram.shape[0];
  const sets = free.shape[0];
  const rowsFree = tf.expandDims(free, 2);
  const equalSlopes = tf.tile(tf.expandDims(tf.concat([gram, tf.fill([count, 1], -1), tf.zeros([count, 1])], 1), 0), [sets, 1, 1]);
  const given = tf.concat([tf.tile(tf.expandDims(tf.eye(count), 0), [sets, 1, 1]), tf.zeros([sets, count, 1]), tf.mul(tf.expandDims(capped, 2), limit)], 2);
  const sumIsOne = tf.tensor1d([...new Array<number>(count).fill(1), 0, 1]);
  // Where nothing is free the weights are all given and the multiplier is not asked for.
  const noMultiplier = tf.tensor1d([...new Array<number>(count).fill(0), 1, 0]);
  const someFree = tf.max(rowsFree, 1, true);
  const last = tf.add(tf.mul(someFree, sumIsOne), tf.mul(tf.sub(1, someFree), noMultiplier));
  return tf.concat([tf.add(tf.mul(rowsFree, equalSlopes), tf.mul(tf.sub(1, rowsFree), given)), last], 1);
}

/** Gauss and Jordan's elimination; the systems' order makes every pivot positive, but for the last. @returns `[sets, unknowns]` */
function solve(augmented: Tensor): Tensor2D {
  const [sets, unknowns, columns] = augmented.shape as [number, number, number];
  let matrix = augmented;
  for (let pivot = 0; pivot < unknowns; pivot++) {
    const row = tf.slice(matrix, [0, pivot, 0], [sets, 1, columns]);
    const reduced = tf.div(row, tf.slice(row, [0, 0, pivot], [sets, 1, 1]));
    const unit = tf.reshape(tf.oneHot(tf.tensor1d([pivot], 'int32'), unknowns), [1, unknowns, 1]);
    const column = tf.sub(tf.slice(matrix, [0, 0, pivot], [sets, unknowns, 1]), unit);
    matrix = tf.sub(matrix, tf.mul(column, reduced));
  }
  return tf.squeeze(tf.slice(matrix, [0, 0, columns - 1], [sets, unknowns, 1]), [2]);
}
