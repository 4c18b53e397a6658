import type { Numbers } from './hooks.ts';

/** Sums of an epoch's step numbers as plain data, so that they survive a stop in its middle. */
export interface EpochSums {
  readonly steps: number;
  readonly sums: Numbers;
  /** Steps in which each number was known. */
  readonly counts: Numbers;
}

export const noSums: EpochSums = { steps: 0, sums: {}, counts: {} };

/** One step more. Numbers that are NaN in this step are left out of their means. */
export function addStep(before: EpochSums, numbers: Numbers): EpochSums {
  const sums = { ...before.sums };
  const counts = { ...before.counts };
  for (const name in numbers) {
    const value = numbers[name]!;
    if (Number.isNaN(value)) continue;
    sums[name] = (sums[name] ?? 0) + value;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return { steps: before.steps + 1, sums, counts };
}

/** The means of the epoch so far. */
export function meansOf({ sums, counts }: EpochSums): Record<string, number> {
  return Object.fromEntries(Object.keys(sums).map((name) => [name, sums[name]! / counts[name]!]));
}
