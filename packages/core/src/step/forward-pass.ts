import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { Target } from '../knowledge/target.ts';
import type { Model } from '../model/model.ts';
import type { LossContext } from '../objective/loss.ts';
import type { Objective } from '../objective/objective.ts';
import { keepAll, kept } from '../tensor/keep.ts';
import { under, withPrefix, type NamedTensors } from '../tensor/named-tensors.ts';
import type { RandomSource } from '../tensor/random.ts';
import type { Batch } from './batch.ts';
import { combineSides, sumOfSide } from './combine-sides.ts';
import { hardSide } from './hard-side.ts';
import { rowsOf } from './rows.ts';
import { softSide } from './soft-side.ts';
import type { StepTaps } from './taps.ts';
import type { PreparedTerm } from './term-input.ts';

/** What a forward pass is made of, the same in every step. */
export interface ForwardParts {
  readonly student: Model;
  readonly objective: Objective;
  readonly taps: StepTaps;
  /** Outputs and layers of the student that are wanted. */
  readonly wanted: readonly string[];
}

/** What a forward pass reads of one step. */
export interface ForwardInput {
  readonly state: Readonly<NamedTensors>;
  readonly batch: Batch;
  readonly knobs: Readonly<NamedTensors>;
  /** The soft terms, with all that is known of them before the student answers. */
  readonly prepared: readonly PreparedTerm[];
  /** One α a sample, `[batch]`; undefined where one serves all. */
  readonly sampleAlpha: Tensor1D | undefined;
}

/** Numbers of a step by name, before they are one vector. */
export type StatValues = Readonly<Record<string, Scalar | number>>;

/** What a forward pass gives. The three losses belong to the tape's scope; all else is kept beyond it. */
export interface Forward {
  readonly hard: Scalar | undefined;
  readonly soft: Scalar | undefined;
  readonly total: Scalar;
  readonly stats: StatValues;
  /** The student's outputs on its first head. */
  readonly answers: Tensor;
  /** New values of state that changes without a gradient, by its name in the state. */
  readonly updates: NamedTensors;
}

/** The student's answers, the loss terms that are made of them, and their sum. Runs in the gradient tape. */
export function forwardPass({ student, objective, taps, wanted }: ForwardParts, { state, batch, knobs, prepared, sampleAlpha }: ForwardInput, random: RandomSource): Forward {
  const { outputs, updates } = student.call(under(batch.tensors, 'inputs'), { training: true, outputs: wanted, random }, under(state, 'student'));
  const context = (range: 'labelled' | 'transfer') => (term: string): LossContext => ({
    state: under(state, `loss/${term}`),
    knobs: under(knobs, `loss/${term}`),
    rows: rowsOf(batch.tensors['rows']!, batch.layout[range]!, batch.layout) as Tensor1D,
    random,
  });
  const count = (term: string): Scalar => knobs[`count/${term}`] as Scalar;
  const trust = (term: string): Scalar | undefined => knobs[`trust/${term}`] as Scalar | undefined;
  const rest = sampleAlpha && (tf.sub(1, sampleAlpha) as Tensor1D);
  const retarget = (term: string, target: Target): Target => taps.targets?.({ [term]: target })[term] ?? target;
  const side = softSide(prepared, batch, outputs, context('transfer'), count, trust, rest, retarget);
  const terms = [...hardSide(objective.hard, batch, outputs, context('labelled'), count, sampleAlpha), ...side.terms];
  const tapped = taps.lossTerms?.(terms) ?? terms;
  const hard = sumOfSide(tapped, 'hard');
  const soft = sumOfSide(tapped, 'soft');
  const { total, alpha } = combineSides(objective, hard, soft, knobs['alpha'] as Scalar, sampleAlpha, under(state, 'alpha'));
  const stats: Record<string, Scalar | number> = { loss: total, hard: hard ?? 0, soft: soft ?? 0, alpha };
  for (const { name, mean } of tapped) stats[`term/${name}`] = mean;
  for (const [term, weights] of Object.entries(side.weights)) weights.forEach((weight, k) => (stats[`weight/${term}/${k}`] = weight as Scalar | number));
  return {
    hard, soft, total,
    stats: keepAll(stats),
    answers: kept(outputs[objective.heads[0]!.output]!),
    updates: keepAll({ ...withPrefix('student', updates), ...withPrefix('loss', side.updates) }),
  };
}
