import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Grouping } from './grouping.ts';

/**
 * `out[b, g] = log Σ_{f ∈ g} share[f, g] · exp(x[b, f])`, shifted by each group's own maximum, so that values 1000 apart
 * stay exact. Gradient: `∂x[b, f] = Σ_g ∂out[b, g] · share[f, g] · exp(x[b, f] − out[b, g])`, 0 for columns without a group.
 *
 * @param x `[batch, columns]`
 * @returns `[batch, groups]`
 */
export function groupedLogSumExp(x: Tensor2D, grouping: Grouping): Tensor2D {
  if (grouping.isIdentity) return x;
  const { members, memberShares, ownerShares } = grouping.tensors;
  const groups = grouping.groups.length;
  const operation = tf.customGrad((values, save) => {
    const input = values as Tensor2D;
    const gathered = tf.gather(input, members, 1);
    const out = grouping.isSelection ? gathered : logSumExpOfRows(tf.add(tf.reshape(gathered, [-1, groups, memberShares.shape[2]!]), memberShares));
    (save as (tensors: Tensor[]) => void)([input, out]);
    return {
      value: out,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const spreadDy = spread(dy, grouping);
        if (grouping.isSelection) return spreadDy;
        const own = grouping.shares ? tf.add(tf.expandDims(saved[0]!, 2), ownerShares) : saved[0]!;
        const parts = tf.mul(spreadDy, tf.exp(tf.minimum(tf.sub(own, spread(saved[1]!, grouping)), 0)));
        return grouping.shares ? tf.sum(parts, 2) : parts;
      },
    };
  });
  return operation(x) as Tensor2D;
}

/**
 * `out[b, f] = log Σ_g share[f, g] · exp(x[b, g])`, where what belongs to no group counts as `ungrouped`; for disjoint groups
 * the value of the column's group.
 *
 * @param x `[batch, groups]`
 * @returns `[batch, columns]`
 */
export function spreadOverMembers(x: Tensor2D, grouping: Grouping, ungrouped: number): Tensor2D {
  if (grouping.isIdentity) return x;
  const values = spread(x, grouping, ungrouped);
  return grouping.shares ? (tf.logSumExp(tf.add(values, grouping.tensors.ownerShares), 2) as Tensor2D) : (values as Tensor2D);
}

/** Each column's groups' values: `[batch, columns]`, with shares `[batch, columns, most]`. */
function spread(grouped: Tensor, grouping: Grouping, ungrouped: number = 0): Tensor {
  const { owners, ownerShares } = grouping.tensors;
  const values = tf.gather(tf.pad(grouped, [[0, 0], [0, 1]], ungrouped), owners, 1);
  return grouping.shares ? tf.reshape(values, [-1, grouping.columns, ownerShares.shape[2]!]) : values;
}

function logSumExpOfRows(x: Tensor): Tensor {
  const highest = tf.max(x, -1, true);
  return tf.add(tf.log(tf.sum(tf.exp(tf.sub(x, highest)), -1)), tf.squeeze(highest, [-1]));
}
