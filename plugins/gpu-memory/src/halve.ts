import type { ExhaustedEvent, MemoryPlan } from '@kd/core';

/** The same plan with half the rows at once; undefined when one row was too much. */
export function halve({ plan, batchRows }: ExhaustedEvent): MemoryPlan | undefined {
  const rows = Math.min(plan.microBatch ?? batchRows, batchRows);
  return rows <= 1 ? undefined : { ...plan, microBatch: Math.floor(rows / 2) };
}
