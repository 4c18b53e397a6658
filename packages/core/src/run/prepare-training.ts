import { Sampler } from '../data/sampler.ts';
import { compiledStep } from '../step/compiled-step.ts';
import { createStep, type Step } from '../step/step.ts';
import { holdOut, type HeldOut } from './hold-out.ts';
import { sourceOfKey, stepRandomOf, type StepRandom } from './step-random.ts';
import { tapsOf } from './step-taps.ts';
import type { TrainOptions } from './train-options.ts';

/** What a training needs besides its options, made once. */
export interface PreparedTraining extends Pick<HeldOut, 'facts' | 'judging' | 'visible'> {
  readonly sampler: Sampler;
  readonly steps: number;
  readonly step: Step;
  readonly stepRandom: StepRandom;
  /** Frees what the step has recorded. */
  readonly release: () => void;
}

/** Everything that is done once: held-out labels, the order of the samples, the step. */
export async function prepareTraining(options: TrainOptions): Promise<PreparedTraining> {
  const { data, training, random, backend, unit } = options;
  const steps = Math.max(1, Math.ceil(data.transfer.length / training.batchSize)) * training.epochs;
  const { facts, judging, visible, labelled, heldOut } = await holdOut(options, steps);
  const { batchSize, labelledBatchSize, mode } = training;
  const sampler = new Sampler({ random, purpose: unit, labelled, heldOut, transfer: data.transfer, batchSize, labelledBatchSize, mode });
  const plain = plainStep(options);
  const compiled = backend?.compile && backend.random && compiledStep(plain, backend.compile, sourceOfKey(backend.random));
  return { sampler, steps, step: compiled ?? plain, stepRandom: stepRandomOf(random, backend), release: () => compiled?.dispose(), facts, judging, visible };
}

function plainStep({ student, objective, data, training: { optimizer, clipNorm }, random, hooks, teacherFeatures, memory }: TrainOptions): Step {
  const { recompute } = memory.plan;
  return createStep({ student, objective, optimizer, clipNorm, recompute, taps: tapsOf(hooks), random, samples: data.dataset.size, teacherFeatures });
}
