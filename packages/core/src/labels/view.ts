import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { groupedLogSumExp, spreadOverMembers } from '../tensor/grouped-log-sum-exp.ts';
import { Grouping } from '../tensor/grouping.ts';
import type { LabelSpace } from './label-space.ts';

/**
 * One label space seen through another: which classes of `from` make up each class of `to`.
 *
 * A view's logit is the log-sum-exp of its members' logits at T = 1 and is tempered afterwards (Müller, Kornblith and
 * Hinton, 2020): coarse classes sum, a partial space restricts and renormalises, an `other` class sums the rest, and a
 * member that belongs to a class by a share counts by it. Exact in log space and differentiable; this is the only
 * implementation.
 */
export class View {
  /** The finer space, or the whole one. */
  readonly from: LabelSpace;
  /** What is seen of it. */
  readonly to: LabelSpace;
  /** For each class of `to`, its members in `from`. */
  readonly groups: readonly (readonly number[])[];
  /** For each class of `to`, the share that it gets of each member; undefined where all belong to it whole. */
  readonly shares: readonly (readonly number[])[] | undefined;
  /** For each class of `from`, the class of `to` that it belongs to whole, or -1. */
  readonly classOf: Int32Array;
  readonly #grouping: Grouping;

  constructor(from: LabelSpace, to: LabelSpace, groups: readonly (readonly number[])[], shares?: readonly (readonly number[])[]) {
    this.from = from;
    this.to = to;
    this.groups = groups;
    this.shares = shares;
    this.#grouping = new Grouping(from.classes.length, groups, shares);
    this.classOf = this.#grouping.groupOf;
  }

  /** The classes of both spaces are the same, one by one. */
  get isIdentity(): boolean {
    return this.#grouping.isIdentity;
  }

  /** Every class of `from` is seen; false for a partial space without `other`. */
  get coversAll(): boolean {
    return this.#grouping.ungrouped.every((left) => left === 0);
  }

  /**
   * What a model says of the finer classes, as said of the coarser ones.
   *
   * @param logits `[batch, from.classes]` → `[batch, to.classes]`: unnormalised log-probabilities of the view's classes.
   */
  apply(logits: Tensor2D): Tensor2D {
    return groupedLogSumExp(logits, this.#grouping);
  }

  /**
   * Gives each class of `from` the value of the class of `to` that it belongs to; where it belongs to several by shares,
   * the logarithm of their mean. Constants: it has no gradient of its own.
   *
   * @param values `[batch, to.classes]`, logarithms
   * @param unseen what stands for a class of `to` where the view sees none; default 0
   * @returns `[batch, from.classes]`
   */
  spread(values: Tensor2D, unseen: number = 0): Tensor2D {
    return spreadOverMembers(values, this.#grouping, unseen);
  }

  /**
   * The way back: an answer in `to` as one in `from`. The mass of each class is split among its members as `within` splits
   * it; all that the view does not see keeps the mass that it has in `within`. Seen again it is `answer`, where all members
   * belong to their class whole.
   *
   * @param answer `[batch, to.classes]` logits
   * @param within `[batch, from.classes]` or `[1, from.classes]` logits
   * @returns `[batch, from.classes]` log-probabilities
   */
  lift(answer: Tensor2D, within: Tensor2D): Tensor2D {
    const split = tf.logSoftmax(within);
    const masses = this.apply(split);
    const seen = tf.logSumExp(masses, 1, true);
    return tf.add(split, this.spread(tf.add(tf.sub(tf.logSoftmax(answer), masses), seen)));
  }

  /**
   * Labels of the finer classes as labels of the coarser ones.
   *
   * @param labels int32 `[batch]` in `from`, -1 where unknown → int32 `[batch]` in `to`, -1 where unknown or in no class whole.
   */
  labels(labels: Tensor1D): Tensor1D {
    if (this.isIdentity) return labels;
    return tf.tidy(() => {
      const none = tf.scalar(-1, 'int32');
      const mapped = tf.gather(this.#grouping.tensors.groupOf, tf.maximum(labels, tf.scalar(0, 'int32'))) as Tensor1D;
      const covered = tf.logicalAnd(tf.greaterEqual(labels, 0), tf.less(mapped, this.groups.length));
      return tf.where(covered, mapped, tf.mul(tf.onesLike(mapped), none)) as Tensor1D;
    });
  }

  /** Frees what it holds on the backend; it can go on being used. */
  dispose(): void {
    this.#grouping.dispose();
  }

  /** The label in `to`, or -1 when `label` is -1 or is in no class whole. */
  label(label: number): number {
    return label < 0 ? -1 : this.classOf[label]!;
  }
}

/** The view of `to` on `from`, when `to` is made of `from` (directly, over other spaces, or by being the same). */
export function viewOf(from: LabelSpace, to: LabelSpace): View | undefined {
  let parts: readonly ReadonlyMap<number, number>[] = to.classes.map((_, i) => new Map([[i, 1]]));
  for (let space = to; space !== from; space = space.parent) {
    if (!space.parent) return undefined;
    parts = parts.map((members) => membersBelow(members, space));
  }
  const groups = parts.map((members) => [...members.keys()]);
  const shares = parts.map((members) => [...members.values()]);
  return new View(from, to, groups, shares.flat().every(isWhole) ? undefined : shares);
}

/** What some shares of a space's classes are in its parent. */
function membersBelow(members: ReadonlyMap<number, number>, { groups, shares }: LabelSpace): ReadonlyMap<number, number> {
  const below = new Map<number, number>();
  for (const [member, share] of members) {
    groups![member]!.forEach((own, i) => below.set(own, (below.get(own) ?? 0) + share * (shares?.[member]![i] ?? 1)));
  }
  return below;
}

/** Shares that were added up may miss 1 by a rounding. */
function isWhole(share: number): boolean {
  return Math.abs(share - 1) < 1e-9;
}
