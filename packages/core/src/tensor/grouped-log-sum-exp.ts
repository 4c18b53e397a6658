import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';

/** Disjoint, non-empty sets of columns; a column may belong to none. Holds its index tensors, made once per backend. */
export class Grouping {
  readonly columns: number;
  readonly groups: readonly (readonly number[])[];
  /** For each column its group, or -1. */
  readonly groupOf: Int32Array;
  readonly isIdentity: boolean;
  readonly isSelection: boolean;
  #tensors: { backend: string; members: Tensor; padding: Tensor; owner: Tensor } | undefined;

  constructor(columns: number, groups: readonly (readonly number[])[]) {
    this.columns = columns;
    this.groups = groups;
    this.groupOf = new Int32Array(columns).fill(-1);
    groups.forEach((members, group) => members.forEach((column) => (this.groupOf[column] = group)));
    this.isSelection = groups.every((members) => members.length === 1);
    this.isIdentity = this.isSelection && groups.length === columns && groups.every(([column], i) => column === i);
  }

  /** `members` [groups × widest] columns padded with column 0, `padding` 0 or -∞, `owner` [columns] group or `groups.length`. */
  get tensors(): { members: Tensor; padding: Tensor; owner: Tensor } {
    const backend = tf.getBackend();
    if (this.#tensors?.backend !== backend) {
      const widest = Math.max(...this.groups.map((members) => members.length));
      const slots = this.groups.flatMap((members) => Array.from({ length: widest }, (_, i) => members[i]));
      // Constants outlive the step that first needs them, so they are made outside its scope.
      this.#tensors = {
        backend,
        members: constant(Int32Array.from(slots, (column) => column ?? 0), [slots.length], 'int32'),
        padding: constant(Float32Array.from(slots, (column) => (column === undefined ? -Infinity : 0)), [1, this.groups.length, widest], 'float32'),
        owner: constant(this.groupOf.map((group) => (group < 0 ? this.groups.length : group)), [this.columns], 'int32'),
      };
    }
    return this.#tensors!;
  }

  /** Frees the index tensors; they are made again when they are needed again. */
  dispose(): void {
    if (!this.#tensors) return;
    const { members, padding, owner } = this.#tensors;
    for (const tensor of [members, padding, owner]) tensor.dispose();
    this.#tensors = undefined;
  }
}

function constant(values: Int32Array | Float32Array, shape: number[], dtype: 'int32' | 'float32'): Tensor {
  return tf.keep(tf.tensor(values, shape, dtype));
}

/**
 * `out[b, g] = log Σ_{f ∈ g} exp(x[b, f])`, shifted by each group's own maximum, so that values 1000 apart stay exact.
 * Gradient: `∂x[b, f] = ∂out[b, g(f)] · exp(x[b, f] − out[b, g(f)])`, 0 for columns without a group.
 *
 * @param x `[batch, columns]`
 * @returns `[batch, groups]`
 */
export function groupedLogSumExp(x: Tensor2D, grouping: Grouping): Tensor2D {
  if (grouping.isIdentity) return x;
  const { members, padding, owner } = grouping.tensors;
  const groups = grouping.groups.length;
  const spread = (grouped: Tensor): Tensor => tf.gather(tf.pad(grouped, [[0, 0], [0, 1]]), owner, 1);
  const operation = tf.customGrad((values, save) => {
    const input = values as Tensor2D;
    const gathered = tf.gather(input, members, 1);
    const out = grouping.isSelection ? gathered : logSumExpOfRows(tf.add(tf.reshape(gathered, [-1, groups, padding.shape[2]!]), padding));
    (save as (tensors: Tensor[]) => void)([input, out]);
    return {
      value: out,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const spreadDy = spread(dy);
        if (grouping.isSelection) return spreadDy;
        const shares = tf.exp(tf.minimum(tf.sub(saved[0]!, spread(saved[1]!)), 0));
        return tf.mul(spreadDy, shares);
      },
    };
  });
  return operation(x) as Tensor2D;
}

function logSumExpOfRows(x: Tensor): Tensor {
  const highest = tf.max(x, -1, true);
  return tf.add(tf.log(tf.sum(tf.exp(tf.sub(x, highest)), -1)), tf.squeeze(highest, [-1]));
}
