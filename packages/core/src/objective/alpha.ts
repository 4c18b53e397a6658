import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import type { Target } from '../knowledge/target.ts';
import type { Progress } from './progress.ts';

/** Data that survives JSON: what a scheduler remembers, so that a run can be stored and taken up again. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** What a scheduler knows of a run before its first step. */
export interface RunFacts {
  /** Steps of the whole training. */
  readonly steps: number;
  /** Passes over the transfer set. */
  readonly epochs: number;
  /** Samples with a label, before any is held out. */
  readonly labelled: number;
  /** The soft granularities; `full`: the same classes as the student's head. */
  readonly granularities: readonly GranularityFacts[];
  /** Soft terms whose teachers give no answers that a label could judge: features, values. Default 0. */
  readonly unjudged?: number;
}

export interface GranularityFacts {
  /** The soft term's name. */
  readonly name: string;
  /** Number of classes (values: dimensions). */
  readonly classes: number;
  /** The same classes as the student's head, so that a label judges its teachers. */
  readonly full: boolean;
  /** The aggregated teachers on the labelled samples that the granularity covers; given to schedulers that need `probe`. */
  readonly judged?: { readonly covered: number; readonly correct: number };
}

/** α weighs labels against teachers: `L = α · hard + (1 − α) · soft`. `trust` weighs granularities among each other, mean 1. */
export interface AlphaValue {
  /** From 0 (teachers alone) to 1 (labels alone). */
  readonly alpha: number;
  /** By soft term, at least 0; a term that is left out counts 1. */
  readonly trust?: Readonly<Record<string, number>>;
}

/** What was seen in a step, as numbers. */
export interface Observed {
  /** Of the step that was taken. */
  readonly progress: Progress;
  /** The side against labels, `Σ weight · mean` of its terms, before α; 0 in a step without it. */
  readonly hard: number;
  /** The side against teachers, likewise; `trust` is part of its weights. */
  readonly soft: number;
  /** Share of the labelled batch that the student got right; NaN without a labelled part. */
  readonly trainAccuracy: number;
  /** With `needs: { gradients: true }`: norms of the two sides' gradients and their cosine. */
  readonly gradients?: {
    /** Euclidean norm of the gradient of `hard`, before α, over all trained weights. */
    readonly hard: number;
    /** The same of `soft`. */
    readonly soft: number;
    /** Between the two, from -1 to 1. */
    readonly cosine: number;
  };
}

/** Counts on held-out labels, one granularity: who was right where. */
export interface Judgement {
  /** Samples with a label in the granularity. */
  readonly count: number;
  /** Teachers right, student wrong. */
  readonly teacherOnly: number;
  /** Student right, teachers wrong. */
  readonly studentOnly: number;
  /** Both gave the same wrong answer. */
  readonly sameWrong: number;
}

export interface ProbeResult {
  /** By soft term. */
  readonly granularities: Readonly<Record<string, Judgement>>;
  /** The student's accuracy on the same samples, on its own head. */
  readonly studentAccuracy: number;
}

/** Held-out labels that judge teachers against the student during the run. */
export interface Probe<State> {
  /** How many of the labels to hold out; 0 for none. */
  holdOut(facts: RunFacts): number;
  /** The most samples to judge at once. */
  readonly most: number;
  /** Whether to judge before this step. */
  due(state: State, progress: Progress): boolean;
  /** The state after judging; the old one is left alone. */
  update(state: State, result: ProbeResult, progress: Progress): State;
  /** From here on the held-out labels are trained on too. */
  released(state: State, progress: Progress): boolean;
}

/** Weighs the two sides inside the step, with tensors of its own that learn. */
export interface LearnedAlpha {
  /** First values by name; every entry is trained with the student's optimizer. */
  readonly initial: Readonly<Record<string, readonly number[]>>;
  /** → the loss to minimise, and the α that it amounts to, for the report. Runs in the gradient tape. */
  weigh(sides: { readonly hard: Scalar; readonly soft: Scalar }, learned: Readonly<NamedTensors>): { readonly total: Scalar; readonly alpha: Scalar };
}

export interface PerSampleInput {
  /** int32 `[batch]`, -1 where unknown. */
  readonly labels: Tensor1D;
  /** Targets of granularities with the head's own classes, by name. */
  readonly targets: Readonly<Record<string, Target>>;
  /** The step's own α, of {@link AlphaScheduler.value}. */
  readonly alpha: Scalar;
}

/** How α is set: pure functions over plain state. */
export interface AlphaScheduler<State extends Plain = Plain> {
  /** For the resolved objective's line. */
  readonly label: string;
  /** `gradients`: {@link Observed.gradients} is wanted, for a second backward pass in every step. */
  readonly needs?: { readonly gradients?: boolean };
  /** The state before the first step. It must survive JSON. */
  init(facts: RunFacts): State;
  /** α of a step. Pure: the same state and step give the same. */
  value(state: State, progress: Progress): AlphaValue;
  /** The state after a step; the old one is left alone. */
  update?(state: State, observed: Observed): State;
  /** Holds labels out, to judge teachers and student during the run. */
  readonly probe?: Probe<State>;
  /** Weights of the two sides that are trained inside the step. */
  readonly learned?: LearnedAlpha;
  /** One α a sample `[batch]`, a constant; needs teachers and labels on the same samples, so batches have one part. */
  perSample?(input: PerSampleInput): Tensor1D;
}
