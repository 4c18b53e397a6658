import type { Model } from '../model/model.ts';
import type { LossFacts } from '../objective/loss.ts';
import type { Objective } from '../objective/objective.ts';
import type { Random, RandomSource } from '../tensor/random.ts';
import { disposeAll, type NamedTensors } from '../tensor/named-tensors.ts';
import { apply } from './apply.ts';
import type { Batch } from './batch.ts';
import { differentiate, type Differentiated } from './differentiate.ts';
import { clipByGlobalNorm } from './optimizers/clip-by-global-norm.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import { recomputingModel } from './recomputing-model.ts';
import { initialState, type InitialState } from './state.ts';
import { statsLayout, type StatsLayout } from './stats.ts';
import type { TakenStep } from './taken-step.ts';
import { wantedOutputs } from './wanted-outputs.ts';
import type { StepTaps } from './taps.ts';

export interface StepOptions {
  readonly student: Model;
  readonly objective: Objective;
  readonly optimizer: Optimizer;
  /** Gradients are scaled so that their global norm is at most this. */
  readonly clipNorm?: number | undefined;
  /** Activations are computed again in the backward pass; `KD_RECOMPUTE` where the student cannot. */
  readonly recompute?: boolean | undefined;
  readonly taps?: StepTaps;
  readonly random: Random;
  /** Samples in the transfer set, for losses that remember each of them. */
  readonly samples: number;
  readonly teacherFeatures?: TeacherFeatures;
}

/** Shapes of teacher features without the batch, by term and layer. */
export type TeacherFeatures = Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;

/** One training step in two pure halves; between them gradients accumulate or are reduced. */
export interface Step {
  readonly stats: StatsLayout;
  /** A fresh state and the names in it that receive gradients. The caller owns the tensors. */
  initial(): InitialState;
  differentiate(state: Readonly<NamedTensors>, batch: Batch, knobs: Readonly<NamedTensors>, random: StepRandomSource): Differentiated;
  /** Consumes state and gradients. */
  apply(state: Readonly<NamedTensors>, gradients: Readonly<NamedTensors>, updates: Readonly<NamedTensors>, knobs: Readonly<NamedTensors>): NamedTensors;
  /** Both halves for a whole batch: the optimizer's is done, at the latest, when the step is accepted. */
  take(state: Readonly<NamedTensors>, batch: Batch, knobs: Readonly<NamedTensors>, random: StepRandomSource): TakenStep;
}

/** Makes a step's random source; each forward pass asks for it anew and draws the same numbers. */
export type StepRandomSource = (knobs: Readonly<NamedTensors>) => RandomSource;

export function createStep(options: StepOptions): Step {
  const { student, objective, optimizer, clipNorm, taps = {}, random } = options;
  for (const { output } of objective.heads) student.wantLogits(output);
  const wanted = wantedOutputs(student, objective);
  const make = (): InitialState => initialState(student, objective, optimizer, random, (term) => factsOf(term, options));
  const trainable = trainableNames(make);
  const stats = statsLayout(objective);
  const parts = { student: options.recompute ? recomputingModel(student, wanted) : student, objective, taps, trainable, wanted, stats };
  const step: Step = {
    stats,
    initial: make,
    differentiate: (state, batch, knobs, source) => differentiate(parts, state, batch, knobs, () => source(knobs)),
    apply(state, gradients, updates, knobs) {
      if (clipNorm === undefined) return apply(optimizer, state, gradients, updates, knobs);
      const clipped = clipByGlobalNorm(gradients, clipNorm);
      disposeAll(gradients);
      return apply(optimizer, state, clipped, updates, knobs);
    },
    take(state, batch, knobs, source) {
      const { gradients, updates, stats: values } = step.differentiate(state, batch, knobs, source);
      return {
        stats: values,
        accept: () => step.apply(state, gradients, updates, knobs),
        reject: () => [gradients, updates].forEach(disposeAll),
      };
    },
  };
  return step;
}

function factsOf(term: string, { objective, student, samples, teacherFeatures }: StepOptions): LossFacts {
  const soft = objective.soft.find(({ name }) => name === term);
  const hard = objective.hard.find(({ name }) => name === term);
  const layers = soft?.loss.needs?.features?.student ?? [];
  const names = (soft ?? hard!).granularity.space.classes;
  return {
    classes: names.length,
    names,
    samples,
    studentFeatures: Object.fromEntries(layers.map((layer) => [layer, student.shapeOf(layer)!.map((dimension) => dimension ?? 1)])),
    teacherFeatures: teacherFeatures?.[term] ?? {},
  };
}

function trainableNames(make: () => InitialState): readonly string[] {
  const { state, trainable } = make();
  for (const name in state) state[name]!.dispose();
  return trainable;
}
