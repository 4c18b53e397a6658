/** What α is made of at a moment. */
export interface AlphaParts {
  /** Weight of the labels if labels and teachers were believed alike, from 0 to 1. */
  readonly base: number;
  readonly trusts: readonly number[];
  readonly labelTrust: number;
  readonly cap: number;
}

/** `min(cap, base · ρ / (base · ρ + (1 − base) · max trust))`: 1 when every teacher is closed. */
export function alphaAt({ base, trusts, labelTrust, cap }: AlphaParts): number {
  const labels = base * labelTrust;
  const teachers = (1 - base) * Math.max(0, ...trusts);
  return Math.min(cap, labels / Math.max(labels + teachers, 1e-9));
}

/** The base weight: labels first, teachers later. @param done share of the run, from 0 to 1 */
export function baseAt(done: number, from: number, to: number): number {
  return from + (to - from) * done;
}
