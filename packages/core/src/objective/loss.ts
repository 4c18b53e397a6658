import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Target } from '../knowledge/target.ts';
import type { View } from '../labels/view.ts';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import type { RandomSource } from '../tensor/random.ts';
import type { Progress } from './progress.ts';

/** What a loss sees of one batch. A loss declares what it `needs`; the core provides it or says so before training. */
export interface LossInput {
  /** The student's logits in the term's granularity, `[batch, classes]` (values: `[batch, dimensions]`). */
  readonly student: Tensor2D;
  /** The aggregated teachers, for soft terms. */
  readonly target: Target;
  /** Class indices in the term's granularity, int32 `[batch]`, -1 where unknown; values: `[batch, dimensions]`. */
  readonly labels: Tensor1D | Tensor2D;
  /** Features by layer, as asked for in `needs`. */
  readonly features: {
    /** Of the student, `[batch, …]`; gradients flow through them. */
    readonly student: Readonly<NamedTensors>;
    /** Of the one teacher that `needs` names, `[batch, …]`; constants. */
    readonly teacher: Readonly<NamedTensors>;
  };
  /** From the term's granularity to other label spaces, by name, as asked for in `needs`. */
  readonly views?: Readonly<Record<string, View>>;
}

/** What a loss may read besides the batch. Nothing here is looked up by name at run time. */
export interface LossContext {
  /** The loss's own declared state, by its own names. Trainable entries receive gradients. */
  readonly state: Readonly<NamedTensors>;
  /** Scalars of {@link Loss.knobs}. */
  readonly knobs: Readonly<NamedTensors>;
  /** Position of each sample in the data set, int32 `[batch]`. */
  readonly rows: Tensor1D;
  /** Draws the same numbers for the same step, also after a resume. */
  readonly random: RandomSource;
}

/** One value a sample `[batch]`; with `updates` to the loss's state that are no gradients (a memory, a running mean). */
export type LossOutput = Tensor1D | {
  /** `[batch]`, unreduced and unweighted. */
  readonly perSample: Tensor1D;
  /** New values of entries of the loss's state, by their names, each of its entry's shape. */
  readonly updates: NamedTensors;
};

/** What a loss needs besides logits. */
export interface LossNeeds {
  /** Labels of the transfer samples; samples without one are left out of this term. */
  readonly labels?: boolean;
  /** Teacher signals that may be compared as logits. False for pure feature losses. Default true for soft terms. */
  readonly logits?: boolean;
  /** Label spaces that are views of the term's own. */
  readonly views?: readonly string[];
  /** Layers whose values are to be compared, of the student and of one teacher. */
  readonly features?: {
    /** Layers of the student; may be empty. */
    readonly student: readonly string[];
    /** The teacher, as the config calls it, and its layers (nodes, for a graph). */
    readonly teacher?: { readonly id: string; readonly layers: readonly string[] };
  };
}

/** Shapes known before the first step, without the batch. */
export interface LossFacts {
  /** Number of classes (values: dimensions) of the term's granularity. */
  readonly classes: number;
  /** Names of the classes (values: dimensions) of the term's granularity. */
  readonly names: readonly string[];
  /** Samples of the transfer set: `context.rows` are below it. */
  readonly samples: number;
  /** Of the student's layers in `needs`: a layer's shape by its name; a size that is not fixed counts as 1. */
  readonly studentFeatures: Readonly<Record<string, readonly number[]>>;
  /** The same of the teacher's layers in `needs`. */
  readonly teacherFeatures: Readonly<Record<string, readonly number[]>>;
}

/** A tensor that a loss brings along: an adapter's weights, a memory, a learned temperature. */
export interface StateEntry {
  /** `[]` for a single number. */
  readonly shape: readonly number[];
  /** It receives gradients, and the optimizer moves it; else only `updates` change it. */
  readonly trainable: boolean;
  /** `zeros`, a constant, `glorot` (uniform, Glorot and Bengio 2010), or uniform between two bounds. */
  readonly initial: 'zeros' | 'glorot' | number | { readonly uniform: readonly [number, number] } | { readonly values: ArrayLike<number> };
}

/** A loss term's rule: data plus one pure function. */
export interface Loss {
  /** `hard` compares with labels, `soft` with teachers. */
  readonly role: 'hard' | 'soft';
  /** What `compute` reads besides logits; it is there then, or the run says before training why it cannot be. */
  readonly needs?: LossNeeds;
  /** Compares samples of one batch with each other, so that micro-batches would change it. */
  readonly joinsSamples?: boolean;
  /** For the resolved objective's line, e.g. `KL(T=4)`. */
  readonly label?: string;
  /** The temperature that it divides both sides' logits by, where there is one; a term may then temper before it sums. */
  readonly temperature?: number;
  /** Own tensors, by local name. */
  state?(facts: LossFacts): Readonly<Record<string, StateEntry>>;
  /** Numbers that change from step to step. */
  knobs?(progress: Progress): Readonly<Record<string, number>>;
  /** → `[batch]`, unreduced, unweighted. Pure: no data is read, no randomness but `context.random`. */
  compute(input: LossInput, context: LossContext): LossOutput;
  /**
   * The same values and their gradient, for a loss that knows it, learns by nothing but `student` and has no updates: the
   * core then need not follow what happens inside. {@link computeBySlope} makes `compute` of it.
   */
  valueAndSlope?(input: LossInput, context: LossContext): ValueAndSlope;
}

export interface ValueAndSlope {
  /** `[batch]`. */
  readonly perSample: Tensor1D;
  /** `∂perSample / ∂student`, `[batch, classes]`. */
  readonly slope: Tensor2D;
}

/** What {@link Loss.valueAndSlope} gives, as a function of the student that gradients flow through. */
export function computeBySlope(valueAndSlope: NonNullable<Loss['valueAndSlope']>): (input: LossInput, context: LossContext) => Tensor1D {
  return (input, context) => tf.customGrad((student, save) => {
    const { perSample, slope } = valueAndSlope(withStudent(input, student as Tensor2D), context);
    (save as (tensors: Tensor[]) => void)([slope]);
    return { value: perSample, gradFunc: (dy: Tensor, [saved]: Tensor[]) => tf.mul(saved!, tf.expandDims(dy, 1)) };
  })(input.student) as Tensor1D;
}

/** The same input with another tensor for the student's logits; what is made only when it is asked for stays so. */
export function withStudent(input: LossInput, student: Tensor2D): LossInput {
  const { target, features, views } = input;
  return { student, target, features, ...(views && { views }), get labels() { return input.labels; } };
}

/** The tensor of a loss's output. */
export function perSampleOf(output: LossOutput): Tensor1D {
  return 'perSample' in output ? output.perSample : output;
}
