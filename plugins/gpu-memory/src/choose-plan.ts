import type { MemoryEstimate, MemoryPlan } from '@kd/core';
import { besideRows, peakBytes, storingBytes } from './peak-bytes.ts';

export interface Budget {
  /** Bytes. */
  readonly limit: number;
  readonly teachers: 'auto' | 'stored' | 'live';
  /** An arrangement of the teachers is taken if this many rows fit beside it. */
  readonly leastRows: number;
}

/** A plan within the limit, or the bytes that the smallest plan would need. */
export function choosePlan(estimate: MemoryEstimate, { limit, teachers, leastRows }: Budget): MemoryPlan | { readonly needed: number } {
  const choices = arrangements(estimate).filter((plan) => teachers === 'auto' || plan.teachers === teachers);
  const fitting = choices.map((plan) => ({ plan, rows: rowsWithin(limit, estimate, plan) }));
  const enough = Math.min(leastRows, estimate.batchRows);
  const most = Math.max(...fitting.map(({ rows }) => rows));
  if (most < 1) return { needed: Math.min(...choices.map((plan) => peakBytes(estimate, { ...plan, microBatch: 1 }))) };
  const { plan, rows } = fitting.find((choice) => choice.rows >= Math.min(enough, most))!;
  return rows >= estimate.batchRows ? plan : { ...plan, microBatch: evenly(estimate.batchRows, rows) };
}

/** Ways to hold the teachers, the least work first: answers stored once, all live, fewer and fewer live ones kept open. */
function arrangements({ teachers }: MemoryEstimate): readonly MemoryPlan[] {
  const bySize = [...teachers].sort((a, b) => a.bytes - b.bytes).map(({ id }) => id);
  const kept = bySize.map((_, open) => bySize.slice(0, open)).toReversed();
  return [{ teachers: 'stored' }, { teachers: 'live' }, ...kept.map((resident): MemoryPlan => ({ teachers: 'live', resident }))];
}

function rowsWithin(limit: number, estimate: MemoryEstimate, plan: MemoryPlan): number {
  if (plan.teachers === 'stored' && storingBytes(estimate) > limit) return 0;
  const left = limit - besideRows(estimate, plan);
  if (left < 0) return 0;
  return estimate.bytesPerRow === 0 ? estimate.batchRows : Math.min(estimate.batchRows, Math.floor(left / estimate.bytesPerRow));
}

/** Rows of equal parts, as few parts as `most` rows at once allow. */
function evenly(batchRows: number, most: number): number {
  return Math.ceil(batchRows / Math.ceil(batchRows / most));
}
