import { memoryParts, rowBytes, type MemoryEstimate, type MemoryPlan } from '@kd/core';

export interface Budget {
  /** Bytes. */
  readonly limit: number;
  readonly teachers: 'auto' | 'stored' | 'live';
  readonly recompute: 'auto' | boolean;
  /** An arrangement is taken if this many rows fit beside it. */
  readonly leastRows: number;
}

/** A plan within the limit, or the bytes that the smallest plan would need. */
export function choosePlan(estimate: MemoryEstimate, budget: Budget): MemoryPlan | { readonly needed: number } {
  const { limit, leastRows } = budget;
  const choices = arrangements(estimate, budget);
  const fitting = choices.map((plan) => ({ plan, rows: rowsWithin(limit, estimate, plan) }));
  const enough = Math.min(leastRows, estimate.batchRows);
  const most = Math.max(...fitting.map(({ rows }) => rows));
  if (most < 1) return { needed: Math.min(...choices.map((plan) => memoryParts(estimate, { ...plan, microBatch: 1 }).peak)) };
  const { plan, rows } = fitting.find((choice) => choice.rows >= Math.min(enough, most))!;
  const forward = forwardRows(limit, estimate, plan);
  return { ...plan, ...(rows >= estimate.batchRows ? {} : { microBatch: evenly(estimate.batchRows, rows) }), ...(forward === undefined ? {} : { forwardRows: forward }) };
}

/**
 * Ways to hold teachers and activations, the least work first: answers stored once, all live, fewer and fewer live ones
 * kept open; each with activations kept, then recomputed.
 */
function arrangements({ teachers: all, recomputedBytesPerRow }: MemoryEstimate, { teachers, recompute }: Budget): readonly MemoryPlan[] {
  const bySize = [...all].sort((a, b) => a.bytes - b.bytes).map(({ id }) => id);
  const kept = bySize.map((_, open) => bySize.slice(0, open)).toReversed();
  const holding: readonly MemoryPlan[] = [{ teachers: 'stored' }, { teachers: 'live' }, ...kept.map((resident): MemoryPlan => ({ teachers: 'live', resident }))];
  const activations = recompute === 'auto' ? (recomputedBytesPerRow === undefined ? [false] : [false, true]) : [recompute];
  return holding.filter((plan) => teachers === 'auto' || plan.teachers === teachers).flatMap((plan) => activations.map((again) => (again ? { ...plan, recompute: true } : plan)));
}

function rowsWithin(limit: number, estimate: MemoryEstimate, plan: MemoryPlan): number {
  const { peak, left } = besideRows(limit, estimate, plan);
  if (peak > limit) return 0;
  const bytes = rowBytes(estimate, plan);
  return bytes === 0 ? estimate.batchRows : Math.min(estimate.batchRows, Math.floor(left / bytes));
}

/** Rows of a forward pass alone; undefined where any number fits that kd would ask for. */
function forwardRows(limit: number, estimate: MemoryEstimate, plan: MemoryPlan): number | undefined {
  const rows = Math.max(1, Math.floor(besideRows(limit, estimate, plan).left / estimate.forwardBytesPerRow));
  return rows < 1000 ? rows : undefined;
}

function besideRows(limit: number, estimate: MemoryEstimate, plan: MemoryPlan): { readonly peak: number; readonly left: number } {
  const { student, teachers, signals, peak } = memoryParts(estimate, { ...plan, microBatch: 0 });
  return { peak, left: limit - student - teachers - signals };
}

/** Rows of equal parts, as few parts as `most` rows at once allow. */
function evenly(batchRows: number, most: number): number {
  return Math.ceil(batchRows / Math.ceil(batchRows / most));
}
