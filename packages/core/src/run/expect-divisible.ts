import { kdError } from '../errors/kd-error.ts';
import type { Objective } from '../objective/objective.ts';
import type { MemoryPlan } from './memory-policy.ts';

/** Refuses micro-batches for what looks at a batch as a whole: samples compared with each other, sides weighed in the step. */
export function expectDivisible({ soft, alpha }: Objective, { microBatch }: MemoryPlan): void {
  if (microBatch === undefined) return;
  const joined = soft.find(({ loss }) => loss.joinsSamples);
  if (joined) throw kdError('KD_MICRO_BATCH', { term: joined.name, strategy: joined.loss.label ?? joined.name });
  const student = soft.find(({ aggregator }) => aggregator.joinsSamples);
  if (student) throw kdError('KD_MICRO_BATCH', { term: student.name, strategy: student.aggregator.label ?? 'its aggregator' });
  if (alpha.learned ?? alpha.needs?.gradients) throw kdError('KD_MICRO_BATCH', { term: 'alpha', strategy: alpha.label });
}
