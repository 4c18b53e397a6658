import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Index tensors of a {@link Grouping}. Logarithms of shares are -∞ where a row is only filled up. */
export interface GroupingTensors {
  /** int32 `[groups · widest]`: each group's columns. */
  readonly members: Tensor;
  /** `[1, groups, widest]`: logarithms of the members' shares; undefined where all are 0. */
  readonly memberShares: Tensor | undefined;
  /** int32 `[columns]`, or `[columns, most]` with shares: where a column stands in `members`; their number for what is filled up. */
  readonly places: Tensor;
  /** int32 `[columns · most]`: each column's groups; `groups.length` for what belongs to none. */
  readonly owners: Tensor;
  /** `[1, columns, most]`: logarithms of the shares that they get. */
  readonly ownerShares: Tensor;
  /** int32 `[columns]`: the group that has a column whole, or `groups.length`. */
  readonly groupOf: Tensor;
}

/** What is left of a column after rounding is nothing. */
const ROUNDING = 1e-6;

/**
 * Non-empty sets of columns: disjoint ones, or with a share for each member, where a column's shares sum to at most 1. A
 * column may belong to no set. Holds its index tensors, made once per backend.
 */
export class Grouping {
  readonly columns: number;
  readonly groups: readonly (readonly number[])[];
  readonly shares: readonly (readonly number[])[] | undefined;
  /** For each column the group that has it whole, or -1. */
  readonly groupOf: Int32Array;
  /** How many members the largest group has. */
  readonly widest: number;
  /** Places of {@link GroupingTensors.places} are filled up: a column belongs to fewer groups than another, or to none. */
  readonly hasGaps: boolean;
  /** For each column the share that belongs to no group. */
  readonly ungrouped: Float32Array;
  readonly isIdentity: boolean;
  readonly isSelection: boolean;
  /** A selection of neighbours, in their order. */
  readonly isRange: boolean;
  #tensors: { readonly backend: string; readonly own: GroupingTensors } | undefined;

  constructor(columns: number, groups: readonly (readonly number[])[], shares?: readonly (readonly number[])[]) {
    this.columns = columns;
    this.groups = groups;
    this.shares = shares;
    this.groupOf = new Int32Array(columns).fill(-1);
    this.ungrouped = new Float32Array(columns).fill(1);
    groups.forEach((members, group) => members.forEach((column, i) => {
      const share = shares?.[group]![i] ?? 1;
      if (share >= 1 - ROUNDING) this.groupOf[column] = group;
      this.ungrouped[column]! -= share;
    }));
    this.ungrouped.forEach((left, column) => { if (left < ROUNDING) this.ungrouped[column] = 0; });
    this.widest = Math.max(...groups.map((members) => members.length));
    this.hasGaps = new Set(this.#places().map((own) => own.length)).size > 1;
    this.isSelection = !shares && groups.every((members) => members.length === 1);
    this.isRange = this.isSelection && groups.every(([column], i) => column === groups[0]![0]! + i);
    this.isIdentity = this.isRange && groups.length === columns;
  }

  get tensors(): GroupingTensors {
    const backend = tf.getBackend();
    if (this.#tensors?.backend !== backend) {
      const members = padded(this.groups, 0);
      const memberShares = padded(this.groups.map((own, group) => own.map((_, i) => Math.log(this.shares?.[group]![i] ?? 1))), -Infinity);
      const { groups: owning, shares } = this.#owners();
      const owners = padded(owning, this.groups.length);
      const places = padded(this.#places(), members.flat().length);
      const ownerShares = padded(shares.map((own) => own.map(Math.log)), -Infinity);
      // Constants outlive the step that first needs them, so they are made outside its scope.
      this.#tensors = {
        backend,
        own: {
          members: constant(Int32Array.from(members.flat()), [members.flat().length], 'int32'),
          memberShares: memberShares.flat().some((share) => share !== 0) ? constant(Float32Array.from(memberShares.flat()), [1, this.groups.length, this.widest], 'float32') : undefined,
          places: constant(Int32Array.from(places.flat()), places[0]!.length > 1 ? [this.columns, places[0]!.length] : [this.columns], 'int32'),
          owners: constant(Int32Array.from(owners.flat()), [owners.flat().length], 'int32'),
          ownerShares: constant(Float32Array.from(ownerShares.flat()), [1, this.columns, ownerShares[0]!.length], 'float32'),
          groupOf: constant(this.groupOf.map((group) => (group < 0 ? this.groups.length : group)), [this.columns], 'int32'),
        },
      };
    }
    return this.#tensors!.own;
  }

  /** For each column the groups that it belongs to, with its shares; what is left belongs to the group after the last. */
  #owners(): { readonly groups: number[][]; readonly shares: number[][] } {
    const groups = Array.from({ length: this.columns }, (): number[] => []);
    const shares = Array.from({ length: this.columns }, (): number[] => []);
    const add = (column: number, group: number, share: number): void => {
      groups[column]!.push(group);
      shares[column]!.push(share);
    };
    this.groups.forEach((members, group) => members.forEach((column, i) => add(column, group, this.shares?.[group]![i] ?? 1)));
    this.ungrouped.forEach((left, column) => { if (left > 0) add(column, this.groups.length, left); });
    return { groups, shares };
  }

  /** For each column where it stands among the members of all groups, each filled up to {@link widest}. */
  #places(): number[][] {
    const places = Array.from({ length: this.columns }, (): number[] => []);
    this.groups.forEach((members, group) => members.forEach((column, i) => places[column]!.push(group * this.widest + i)));
    return places;
  }

  /** Frees the index tensors; they are made again when they are needed again. */
  dispose(): void {
    if (!this.#tensors) return;
    for (const tensor of Object.values(this.#tensors.own) as (Tensor | undefined)[]) tensor?.dispose();
    this.#tensors = undefined;
  }
}

/** Rows filled up to the length of the longest. */
function padded(rows: readonly (readonly number[])[], filling: number): number[][] {
  const widest = Math.max(...rows.map((row) => row.length));
  return rows.map((row) => Array.from({ length: widest }, (_, i) => row[i] ?? filling));
}

function constant(values: Int32Array | Float32Array, shape: number[], dtype: 'int32' | 'float32'): Tensor {
  return tf.keep(tf.tensor(values, shape, dtype));
}
