import type { Backend } from '../runtime/backend.ts';
import { readStats } from '../step/stats.ts';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import { isExhaustion } from './exhaustion.ts';
import type { MemoryPlan, MemoryPolicy } from './memory-policy.ts';
import { partsOf, rowsOf } from './parts-of.ts';
import type { Reporter } from './reporter.ts';
import type { PlannedStep } from './step-planner.ts';
import type { StepsAhead } from './steps-ahead.ts';
import { takeParts, type PartsOptions } from './take-parts.ts';
import type { TakenBatch } from './taken-batch.ts';

export interface BatchTakerOptions extends PartsOptions {
  /** Takes steps over whole batches. */
  readonly steps: StepsAhead;
  /** What can be done while a whole batch's step runs, perhaps with the state that it will give. */
  readonly meanwhile: (ahead: Readonly<NamedTensors> | undefined) => Promise<void>;
  /** {@link Backend.readsAtOnce}. */
  readonly readsAtOnce: boolean;
  readonly policy: MemoryPolicy;
  readonly reporter: Reporter;
  /** Throws where the objective would not be the same in parts. */
  readonly expectDivisible: (plan: MemoryPlan) => void;
  /** Frees what was recorded for parts of another size. */
  readonly release: () => void;
}

/** Takes a step over a batch; the plan is a smaller one where memory ran out. */
export type TakeBatch = (state: Readonly<NamedTensors>, planned: PlannedStep, plan: MemoryPlan) => Promise<TakenBatch & { readonly plan: MemoryPlan }>;

/**
 * Steps over batches, each in as many parts as the memory plan asks for. Runs out of memory: asks the policy for a smaller
 * plan and takes the same batch again; nothing of the state was changed.
 */
export function batchTaker(options: BatchTakerOptions): TakeBatch {
  const { policy, reporter, expectDivisible, release } = options;
  return async (state, planned, asked) => {
    const batchRows = rowsOf(planned.sampled);
    for (let plan = asked; ;) {
      try {
        const parts = partsOf(planned.sampled, plan.microBatch);
        return { ...(await (parts.length === 1 ? takeWhole(options, state, planned) : takeParts(options, state, planned, parts))), plan };
      } catch (error) {
        const smaller = isExhaustion(error) ? policy.onExhausted?.({ plan, batchRows, error }) : undefined;
        if (!smaller) throw error;
        expectDivisible(smaller);
        release();
        reporter.warn?.(`Out of memory with ${plan.microBatch ?? batchRows} rows at once; going on with ${smaller.microBatch ?? 'the same'}.`);
        plan = smaller;
      }
    }
  };
}

async function takeWhole({ step, steps, meanwhile, readsAtOnce }: BatchTakerOptions, state: Readonly<NamedTensors>, planned: PlannedStep): Promise<TakenBatch> {
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
