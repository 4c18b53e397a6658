import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Target } from '../knowledge/target.ts';
import type { Aggregate } from '../objective/aggregation.ts';
import type { LossContext } from '../objective/loss.ts';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import { lengthOf, type Batch } from './batch.ts';
import { labelledMask } from './hard-side.ts';
import { meanOf } from './mean-of.ts';
import { rowsOf } from './rows.ts';
import type { LossTerm } from './taps.ts';
import { lossInput, studentIn, teacherFeatures, type PreparedTerm } from './term-input.ts';

export interface SoftSide {
  readonly terms: LossTerm[];
  /** Changes of the losses' own state, under `<term>/<name>`. */
  readonly updates: NamedTensors;
  /** Who was listened to, under `<term>`. */
  readonly weights: Readonly<Record<string, NonNullable<Aggregate['weights']>>>;
}

/** The terms against teachers. @param outputs the student's outputs and features for every row of the batch */
export function softSide(
  prepared: readonly PreparedTerm[],
  batch: Batch,
  outputs: Readonly<Record<string, Tensor>>,
  context: (term: string) => LossContext,
  count: (term: string) => Scalar,
  trust: (term: string) => Scalar | undefined,
  sampleWeights: Tensor1D | undefined,
  retarget: (term: string, target: Target) => Target,
): SoftSide {
  const range = batch.layout.transfer;
  const side = { terms: [] as LossTerm[], updates: {} as NamedTensors, weights: {} as Record<string, NonNullable<Aggregate['weights']>> };
  if (!range) return side;
  for (const one of prepared) {
    const { term, labels } = one;
    const { needs } = term.loss;
    const head = rowsOf(outputs[term.head.output]!, range, batch.layout) as Tensor2D;
    const student: NamedTensors = {};
    for (const layer of needs?.features?.student ?? []) student[layer] = rowsOf(outputs[layer]!, range, batch.layout);
    const own = context(term.name);
    const { input, weights } = lossInput(one, studentIn(one, head), { student, teacher: teacherFeatures(term, batch) }, own, retarget);
    const mask = needs?.labels ? labelledMask(labels()) : undefined;
    const { mean, updates } = meanOf(term.loss, input, own, { term: term.name, rows: lengthOf(range), mask, weights: sampleWeights, count: count(term.name) });
    side.terms.push({ name: term.name, role: 'soft', mean, weight: trust(term.name) ?? 1 });
    if (weights) side.weights[term.name] = weights;
    for (const name in updates) side.updates[`${term.name}/${name}`] = updates[name]!;
  }
  return side;
}
