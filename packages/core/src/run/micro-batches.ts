import * as tf from '@tensorflow/tfjs-core';
import type { SampledRows } from '../data/sampler.ts';
import type { Backend } from '../runtime/backend.ts';
import { globalNorm } from '../step/optimizers/clip-by-global-norm.ts';
import { joinStats, readStats } from '../step/stats.ts';
import type { Step } from '../step/step.ts';
import { disposeAll, type NamedTensors } from '../tensor/named-tensors.ts';
import type { BatchMaker } from './batch-maker.ts';
import { isExhaustion } from './exhaustion.ts';
import type { MemoryPlan, MemoryPolicy } from './memory-policy.ts';
import type { Reporter } from './reporter.ts';
import type { KnobTensors } from './step-knobs.ts';
import type { PlannedStep } from './step-planner.ts';
import type { StepRandom } from './step-random.ts';
import type { StepsAhead } from './steps-ahead.ts';

export interface MicroBatchOptions {
  readonly step: Step;
  /** Takes steps over whole batches. */
  readonly steps: StepsAhead;
  readonly state: Readonly<NamedTensors>;
  readonly planned: PlannedStep;
  readonly knobs: KnobTensors;
  readonly maker: BatchMaker;
  readonly random: StepRandom;
  /** {@link Backend.readsAtOnce}. */
  readonly readsAtOnce: boolean;
  /** What can be done while a whole batch's step runs, perhaps with the state that it will give. */
  readonly meanwhile: (ahead: Readonly<NamedTensors> | undefined) => Promise<void>;
  readonly memory: { readonly policy: MemoryPolicy };
  readonly plan: MemoryPlan;
  readonly reporter: Reporter;
  /** Throws where the objective would not be the same in parts. */
  readonly expectDivisible: (plan: MemoryPlan) => void;
  /** Frees what was recorded for parts of another size. */
  readonly release: () => void;
}

export interface Accumulated {
  readonly stats: Readonly<Record<string, number>>;
  /** The new state. Consumes the old one. */
  accept(): NamedTensors;
  /** Frees what was computed; the old state goes on. */
  reject(): void;
}

/**
 * A step over a whole batch, taken in as many parts as the memory plan asks for. Every term is divided by the whole
 * batch's count, so that the parts' gradients add up to the whole's. Runs out of memory: asks the policy for a smaller
 * plan and takes the same batch again; nothing of the state was changed.
 */
export async function runMicroBatches(options: MicroBatchOptions): Promise<Accumulated & { readonly plan: MemoryPlan }> {
  let { plan } = options;
  for (;;) {
    try {
      return { ...(await accumulate(options, plan)), plan };
    } catch (error) {
      const smaller = isExhaustion(error) ? options.memory.policy.onExhausted?.({ plan, batchRows: rowsOf(options.planned.sampled), error }) : undefined;
      if (!smaller) throw error;
      options.expectDivisible(smaller);
      options.release();
      options.reporter.warn?.(`Out of memory with ${plan.microBatch ?? rowsOf(options.planned.sampled)} rows at once; going on with ${smaller.microBatch ?? 'the same'}.`);
      plan = smaller;
    }
  }
}

async function accumulate(options: MicroBatchOptions, plan: MemoryPlan): Promise<Accumulated> {
  const parts = partsOf(options.planned.sampled, plan.microBatch);
  return parts.length === 1 ? takeWhole(options) : takeParts(options, parts);
}

async function takeWhole({ step, steps, state, planned, readsAtOnce, meanwhile }: MicroBatchOptions): Promise<Accumulated> {
  const { stats, ahead, accept, reject, free } = await steps.take(state, planned);
  try {
    await meanwhile(ahead);
    return { stats: readStats(step.stats, readsAtOnce ? stats.dataSync() : await stats.data()), accept, reject };
  } catch (error) {
    reject();
    throw error;
  } finally {
    free();
  }
}

async function takeParts({ step, state, planned: { context, labels, knobs: numbers }, knobs: tensors, maker, random }: MicroBatchOptions, parts: readonly SampledRows[]): Promise<Accumulated> {
  const knobs = tensors.of(numbers);
  const drawing = random.begin(context.progress.step, parts.length);
  let gradients: NamedTensors = {};
  let updates: NamedTensors = {};
  const stats: Record<string, number>[] = [];
  try {
    for (const part of parts) {
      const batch = await maker.make(part, labels, context);
      try {
        const done = step.differentiate({ ...state, ...updates }, batch, { ...knobs, ...drawing.knobs }, drawing.source);
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
    return { stats: joined, accept: () => step.apply(state, gradients, updates, knobs), reject: () => [gradients, updates].forEach(disposeAll) };
  } catch (error) {
    disposeAll(gradients);
    disposeAll(updates);
    throw error;
  } finally {
    disposeAll(drawing.knobs);
  }
}

/** Splits a batch into parts of at most `rows` rows, of nearly the same size: labelled rows first, transfer rows after. */
function partsOf(sampled: SampledRows, rows: number | undefined): readonly SampledRows[] {
  const { labelled, transfer, joint } = sampled;
  const all = rowsOf(sampled);
  const parts = rows === undefined ? 1 : Math.max(1, Math.ceil(all / rows));
  if (parts === 1) return [sampled];
  return Array.from({ length: parts }, (_, part) => {
    const [start, end] = [Math.floor((all * part) / parts), Math.floor((all * (part + 1)) / parts)];
    if (joint) return { joint, labelled: labelled.subarray(start, end), transfer: transfer.subarray(start, end) };
    const own = (from: number): number => Math.max(0, from - labelled.length);
    return { joint, labelled: labelled.subarray(start, end), transfer: transfer.subarray(own(start), own(end)) };
  });
}

function rowsOf({ labelled, transfer, joint }: SampledRows): number {
  return joint ? transfer.length : labelled.length + transfer.length;
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
