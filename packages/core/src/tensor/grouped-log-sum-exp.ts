import * as tf from '@tensorflow/tfjs-core';
import type { NamedAttrMap, NamedTensorMap, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Grouping } from './grouping.ts';
import { logSoftmax } from './log-softmax.ts';

/** A kernel of kd's own: a backend that has it computes the sums of disjoint groups and their shares in one call. */
export const GroupedLogSumExp = 'KdGroupedLogSumExp';

export interface GroupedLogSumExpAttrs {
  readonly groups: readonly (readonly number[])[];
}

/** From here on a backend's ordinary kernels make up for their number. */
const LARGE = 16_384;

/**
 * `out[b, g] = log Σ_{f ∈ g} share[f, g] · exp(x[b, f])`, shifted by each group's own maximum, so that values 1000 apart
 * stay exact. Gradient: `∂x[b, f] = Σ_g ∂out[b, g] · share[f, g] · exp(x[b, f] − out[b, g])`, 0 for columns without a group.
 *
 * @param x `[batch, columns]`
 * @returns `[batch, groups]`
 */
export function groupedLogSumExp(x: Tensor2D, grouping: Grouping): Tensor2D {
  if (grouping.isIdentity) return x;
  if (grouping.isRange) return tf.slice(x, [0, grouping.groups[0]![0]!], [-1, grouping.groups.length]);
  if (!grouping.isSelection && !grouping.shares && x.size < LARGE && tf.getKernel(GroupedLogSumExp, tf.getBackend())) return inOneKernel(x, grouping);
  const { members, memberShares } = grouping.tensors;
  const operation = tf.customGrad((values, save) => {
    const gathered = tf.gather(values as Tensor2D, members, 1);
    if (grouping.isSelection) return { value: gathered, gradFunc: (dy: Tensor) => sumOfPlaces(dy, grouping) };
    const grouped = tf.reshape(gathered, [-1, grouping.groups.length, grouping.widest]);
    const rows = memberShares ? tf.add(grouped, memberShares) : grouped;
    const logParts = logSoftmax(rows);
    (save as (tensors: Tensor[]) => void)([logParts]);
    return {
      // By how much the largest part falls short of the whole.
      value: tf.sub(tf.max(rows, -1), tf.max(logParts, -1)),
      gradFunc: (dy: Tensor, [saved]: Tensor[]) => {
        const parts = tf.mul(tf.exp(saved!), tf.expandDims(dy, 2));
        return sumOfPlaces(tf.reshape(parts, [-1, members.size]), grouping);
      },
    };
  });
  return operation(x) as Tensor2D;
}

function inOneKernel(x: Tensor2D, grouping: Grouping): Tensor2D {
  const operation = tf.customGrad((values, save) => {
    const [value, shares] = tf.engine().runKernel<[Tensor, Tensor]>(GroupedLogSumExp, { x: values } as unknown as NamedTensorMap, { groups: grouping.groups } as unknown as NamedAttrMap);
    (save as (tensors: Tensor[]) => void)([shares]);
    return { value, gradFunc: (dy: Tensor, [saved]: Tensor[]) => tf.mul(saved!, ofColumns(dy, grouping)) };
  });
  return operation(x) as Tensor2D;
}

/** Each column's group's value, `[batch, groups]` → `[batch, columns]`; 0 for a column without a group. */
function ofColumns(grouped: Tensor, grouping: Grouping): Tensor {
  return tf.gather(grouping.hasGaps ? tf.pad(grouped, [[0, 0], [0, 1]]) : grouped, grouping.tensors.groupOf, 1);
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

/** What stands at a column's places in the members, summed: `[batch, members]` → `[batch, columns]`. */
function sumOfPlaces(members: Tensor, grouping: Grouping): Tensor {
  const { places } = grouping.tensors;
  const found = tf.gather(grouping.hasGaps ? tf.pad(members, [[0, 0], [0, 1]]) : members, places, 1);
  return places.rank === 1 ? found : tf.sum(found, 2);
}
