import * as tf from '@tensorflow/tfjs-core';
import type { SampledRows } from '../data/sampler.ts';
import { globalNorm } from '../step/optimizers/clip-by-global-norm.ts';
import { joinStats, readStats } from '../step/stats.ts';
import type { Step } from '../step/step.ts';
import { disposeAll, type NamedTensors } from '../tensor/named-tensors.ts';
import type { BatchMaker } from './batch-maker.ts';
import type { KnobTensors } from './step-knobs.ts';
import type { PlannedStep } from './step-planner.ts';
import type { StepRandom } from './step-random.ts';
import type { TakenBatch } from './taken-batch.ts';

export interface PartsOptions {
  readonly step: Step;
  readonly knobs: KnobTensors;
  readonly maker: BatchMaker;
  readonly random: StepRandom;
}

/**
 * A step over the parts of a batch, one after the other. Every term is divided by the whole batch's count, so that the
 * parts' gradients add up to the whole's.
 */
export async function takeParts({ step, knobs, maker, random }: PartsOptions, state: Readonly<NamedTensors>, { context, labels, knobs: numbers }: PlannedStep, parts: readonly SampledRows[]): Promise<TakenBatch> {
  const own = knobs.of(numbers);
  const drawing = random.begin(context.progress.step, parts.length);
  let gradients: NamedTensors = {};
  let updates: NamedTensors = {};
  const stats: Record<string, number>[] = [];
  try {
    for (const part of parts) {
      const batch = await maker.make(part, labels, context);
      try {
        const done = step.differentiate({ ...state, ...updates }, batch, { ...own, ...drawing.knobs }, drawing.source);
        try {
          stats.push(readStats(step.stats, await done.stats.data()));
          gradients = sumInto(gradients, done.gradients);
        } catch (error) {
          [done.gradients, done.updates].forEach(disposeAll);
          throw error;
        } finally {
          done.stats.dispose();
        }
        // Each part goes on from what the one before has changed: memories, running averages.
        for (const name in done.updates) updates[name]?.dispose();
        updates = { ...updates, ...done.updates };
        drawing.next();
      } finally {
        disposeAll(batch.tensors);
      }
    }
    const joined = joinStats(stats);
    joined['gradientNorm'] = await normOf(gradients);
    return { stats: joined, accept: () => step.apply(state, gradients, updates, own), reject: () => [gradients, updates].forEach(disposeAll) };
  } catch (error) {
    [gradients, updates].forEach(disposeAll);
    throw error;
  } finally {
    disposeAll(drawing.knobs);
  }
}

function sumInto(sum: NamedTensors, gradients: NamedTensors): NamedTensors {
  for (const name in sum) {
    const added = tf.add(sum[name]!, gradients[name]!);
    sum[name]!.dispose();
    gradients[name]!.dispose();
    gradients[name] = added;
  }
  return gradients;
}

async function normOf(gradients: Readonly<NamedTensors>): Promise<number> {
  const norm = globalNorm(gradients);
  const [value] = await norm.data();
  norm.dispose();
  return value!;
}
