import type { MemoryEstimate, MemoryPlan } from './memory-policy.ts';

/** The bytes that a plan gives to each part of a run, about. */
export interface MemoryParts {
  /** Weights, gradients and optimizer slots. */
  readonly student: number;
  /** Teachers in memory while the student trains: the live ones that stay, and the largest that is opened for its turn. */
  readonly teachers: number;
  /** Stored answers. */
  readonly signals: number;
  /** What the rows of one micro-batch keep alive. */
  readonly activations: number;
  /** The most at once: while the student trains, or before that, while teachers answer. */
  readonly peak: number;
}

/** What a run with this plan would hold, about: as far as shapes tell. */
export function memoryParts(estimate: MemoryEstimate, plan: MemoryPlan): MemoryParts {
  const { studentBytes: student, signalBytes, batchRows } = estimate;
  const live = plan.teachers === 'live';
  const rows = Math.min(plan.microBatch ?? batchRows, batchRows);
  const teachers = live ? openBytes(estimate, plan) : 0;
  const signals = live ? 0 : signalBytes;
  const activations = rows * rowBytes(estimate, plan);
  const training = student + teachers + signals + activations;
  const storing = live ? 0 : student + signalBytes + Math.max(0, ...estimate.teachers.map(({ bytes }) => bytes));
  return { student, teachers, signals, activations, peak: Math.max(training, storing) };
}

/** What one row keeps alive in training. */
export function rowBytes({ bytesPerRow, recomputedBytesPerRow }: MemoryEstimate, { recompute }: MemoryPlan): number {
  return recompute ? (recomputedBytesPerRow ?? bytesPerRow) : bytesPerRow;
}

function openBytes({ teachers }: MemoryEstimate, { resident }: MemoryPlan): number {
  const stays = (id: string): boolean => resident?.includes(id) ?? true;
  const open = teachers.filter(({ id }) => stays(id)).reduce((sum, { bytes }) => sum + bytes, 0);
  return open + Math.max(0, ...teachers.filter(({ id }) => !stays(id)).map(({ bytes }) => bytes));
}
