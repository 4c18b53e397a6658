import type { MemoryEstimate, MemoryPlan } from '@kd/core';

/** The most that a run with this plan would hold at once, about: while teachers' answers are stored or while training. */
export function peakBytes(estimate: MemoryEstimate, plan: MemoryPlan): number {
  const rows = Math.min(plan.microBatch ?? estimate.batchRows, estimate.batchRows);
  const training = besideRows(estimate, plan) + rows * estimate.bytesPerRow;
  if (plan.teachers === 'live') return training;
  return Math.max(training, storingBytes(estimate));
}

/** What is held in training whatever the size of a micro-batch. */
export function besideRows({ studentBytes, signalBytes, teachers }: MemoryEstimate, plan: MemoryPlan): number {
  if (plan.teachers !== 'live') return studentBytes + signalBytes;
  const stays = (id: string): boolean => plan.resident?.includes(id) ?? true;
  const open = teachers.filter(({ id }) => stays(id)).reduce((sum, { bytes }) => sum + bytes, 0);
  const opened = Math.max(0, ...teachers.filter(({ id }) => !stays(id)).map(({ bytes }) => bytes));
  return studentBytes + open + opened;
}

/** What is held while one teacher after the other answers for every sample. */
export function storingBytes({ studentBytes, signalBytes, teachers }: MemoryEstimate): number {
  return studentBytes + signalBytes + Math.max(0, ...teachers.map(({ bytes }) => bytes));
}
