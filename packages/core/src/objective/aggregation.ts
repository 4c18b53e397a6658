import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Signal } from '../knowledge/signal.ts';
import type { Target } from '../knowledge/target.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import type { View } from '../labels/view.ts';

/** One teacher's part in a granularity. */
export interface TeacherSignal {
  /** The teacher's name in the config. */
  readonly teacher: string;
  /** The answer as it came: dense, sparse (top k) or values. */
  readonly signal: Signal;
  /** The teacher's answer as logits over its own classes, `[batch, classes of the view]`; sparse signals are spread. */
  readonly logits: Tensor2D;
  /** How the teacher's classes are seen from the granularity's; undefined when they are the same. */
  readonly view: View | undefined;
}

export interface AggregationInput {
  /** The term's teachers, in the order of the config. */
  readonly signals: readonly TeacherSignal[];
  /** Number of classes of the granularity. */
  readonly classes: number;
  /** Class indices in the granularity, int32 `[batch]`, -1 where unknown. */
  readonly labels: Tensor1D;
  /** The student's logits in the granularity, constants; given when the aggregator `needs` them. */
  readonly student?: Tensor2D;
  /** The gradient of the term's loss against one teacher's signal, with respect to the student's logits: `[batch, classes]`. */
  gradientOf?(teacher: number): Tensor2D;
}

/** The aggregated target, and who was listened to: mean weight a teacher, scalars that sum to 1. */
export interface Aggregate {
  /** What the term's loss compares the student with. */
  readonly target: Target;
  /** How much each teacher counted, in the order of the signals, the mean over the batch; for the epoch's numbers. */
  readonly weights?: readonly (Tensor | number)[];
}

/**
 * How several teachers of one granularity become one target. Its effective α never depends on the number of teachers:
 * weights sum to 1.
 */
export interface Aggregator {
  /** For the resolved objective's line. */
  readonly label?: string;
  /** What `aggregate` gets besides the teachers. */
  readonly needs?: {
    /** The student's logits, or the gradient of the loss with respect to them, as constants. */
    readonly student?: 'logits' | 'gradients';
  };
  /** Weighs teachers by the batch as a whole, so that micro-batches would change it. */
  readonly joinsSamples?: boolean;
  /** Takes teachers that know only some of the granularity's classes; `TeacherSignal.view` says which. */
  readonly joinsViews?: boolean;
  /** Before anything runs: throws a `KdError` where its options do not fit the classes or the teachers of a term. */
  check?(term: { readonly space: LabelSpace; readonly teachers: readonly { readonly id: string; readonly view?: View | undefined }[] }): void;
  /**
   * Once before step 0, over samples with labels: may re-map, narrow or weigh the teachers. Its result is plain data,
   * stored with the run and handed to `aggregate` of every step.
   */
  prepare?(judged: JudgedSignals): unknown;
  /** The target of a batch. Part of the step: pure, no number is read from a tensor. `prepared` is what `prepare` gave, or undefined. */
  aggregate(input: AggregationInput, prepared: unknown): Aggregate;
}

/** Teachers' logits on labelled samples, as plain numbers. */
export interface JudgedSignals {
  /** Class indices in the granularity, -1 where a sample has no class there. */
  readonly labels: Int32Array;
  /** Number of classes of the granularity. */
  readonly classes: number;
  /** In the order of the term's teachers. */
  readonly teachers: readonly {
    /** Its name in the config. */
    readonly teacher: string;
    /** By row, `[labels, classes]`. */
    readonly logits: Float32Array;
    /** Number of classes of its own view. */
    readonly classes: number;
  }[];
}
