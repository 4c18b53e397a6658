import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { groupedLogSumExp, Grouping } from '../tensor/grouped-log-sum-exp.ts';
import type { LabelSpace } from './label-space.ts';

/**
 * One label space seen through another: which classes of `from` make up each class of `to`.
 *
 * A view's logit is the log-sum-exp of its members' logits at T = 1 and is tempered afterwards (Müller, Kornblith and
 * Hinton, 2020): coarse classes sum, a partial space restricts and renormalises, an `other` class sums the rest. Exact in
 * log space and differentiable; this is the only implementation.
 */
export class View {
  readonly from: LabelSpace;
  readonly to: LabelSpace;
  /** For each class of `to`, its members in `from`. */
  readonly groups: readonly (readonly number[])[];
  /** For each class of `from`, the class of `to` that it belongs to, or -1. */
  readonly classOf: Int32Array;
  readonly #grouping: Grouping;

  constructor(from: LabelSpace, to: LabelSpace, groups: readonly (readonly number[])[]) {
    this.from = from;
    this.to = to;
    this.groups = groups;
    this.#grouping = new Grouping(from.classes.length, groups);
    this.classOf = this.#grouping.groupOf;
  }

  /** The classes of both spaces are the same, one by one. */
  get isIdentity(): boolean {
    return this.#grouping.isIdentity;
  }

  /** Every class of `from` is seen; false for a partial space without `other`. */
  get coversAll(): boolean {
    return this.classOf.every((group) => group >= 0);
  }

  /** @param logits `[batch, from.classes]` → `[batch, to.classes]`: unnormalised log-probabilities of the view's classes. */
  apply(logits: Tensor2D): Tensor2D {
    return groupedLogSumExp(logits, this.#grouping);
  }

  /** @param labels int32 `[batch]` in `from`, -1 where unknown → int32 `[batch]` in `to`, -1 where unknown or not covered. */
  labels(labels: Tensor1D): Tensor1D {
    if (this.isIdentity) return labels;
    return tf.tidy(() => {
      const none = tf.scalar(-1, 'int32');
      const mapped = tf.gather(this.#grouping.tensors.owner, tf.maximum(labels, tf.scalar(0, 'int32'))) as Tensor1D;
      const covered = tf.logicalAnd(tf.greaterEqual(labels, 0), tf.less(mapped, this.groups.length));
      return tf.where(covered, mapped, tf.mul(tf.onesLike(mapped), none)) as Tensor1D;
    });
  }

  /** Frees what it holds on the backend; it can go on being used. */
  dispose(): void {
    this.#grouping.dispose();
  }

  /** The label in `to`, or -1 when `label` is -1 or is not covered. */
  label(label: number): number {
    return label < 0 ? -1 : this.classOf[label]!;
  }
}

/** The view of `to` on `from`, when `to` is made of `from` (directly, over other spaces, or by being the same). */
export function viewOf(from: LabelSpace, to: LabelSpace): View | undefined {
  let groups: readonly (readonly number[])[] = to.classes.map((_, i) => [i]);
  for (let space = to; space !== from; space = space.parent) {
    if (!space.parent) return undefined;
    groups = groups.map((members) => members.flatMap((member) => space.groups![member]!));
  }
  return new View(from, to, groups);
}
