import type { Measurement } from './measure.ts';

/** Share of the old value that a probe keeps. */
const KEPT = 0.7;

/** Moves an average towards a new value; the first value is the average. */
export function moveAverage(old: number | null, value: number, kept: number): number {
  return old === null ? value : kept * old + (1 - kept) * value;
}

/** The average of a value that is seen at each probe. */
export function averageOfProbes(old: number | null, value: number): number {
  return moveAverage(old, value, KEPT);
}

/** The average of what was measured at each probe. */
export function averageMeasurement(old: Measurement | null, value: Measurement): Measurement {
  return {
    advantage: averageOfProbes(old && old.advantage, value.advantage),
    error: averageOfProbes(old && old.error, value.error),
    disputed: averageOfProbes(old && old.disputed, value.disputed),
  };
}
