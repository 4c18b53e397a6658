import type { RunFacts } from '@kd/core';
import { FEWEST, trustOnFewLabels } from './few-labels.ts';
import type { Measurement } from './measure.ts';

/** What is known of the teachers of one granularity. */
export type Judged = {
  readonly name: string;
  /** The same classes as the student's head. */
  readonly full: boolean;
  readonly trust: number;
  /** Average over the probes; null before the first. */
  readonly average: Measurement | null;
  /** Standardised advantage at the first probe, against a student that knows labels only. */
  readonly first: number | null;
};

/** Everything that the referee remembers; plain data. */
export type RefereeState = {
  /** Steps between probes; null when no labels are held out. */
  readonly interval: number | null;
  /** α where nothing can be weighed: 0 without labels, 1 without teachers. */
  readonly fixed: number | null;
  readonly judged: readonly Judged[];
  /** There are terms that no label can judge (features, values); they are believed. */
  readonly believed: boolean;
  readonly labelTrust: number;
  readonly cap: number;
  readonly trainAccuracy: number | null;
  readonly heldOutAccuracy: number | null;
};

/** Probes in a run, if they went on to its end. */
const PROBES = 60;

/** Before the first step: teachers are closed until a probe opens them, or judged once when labels are few. */
export function initialState({ steps, labelled, granularities, unjudged = 0 }: RunFacts): RefereeState {
  const few = labelled < FEWEST;
  const judged = granularities.map(({ name, full, classes, judged: counts }): Judged => {
    const trust = labelled === 0 ? 1 : few ? trustOnFewLabels(counts?.correct ?? 0, counts?.covered ?? 0, classes) : 0;
    return { name, full, trust, average: null, first: null };
  });
  return {
    interval: few || judged.length === 0 ? null : Math.max(1, Math.round(steps / PROBES)),
    fixed: judged.length + unjudged === 0 ? 1 : labelled === 0 ? 0 : null,
    judged,
    believed: unjudged > 0,
    labelTrust: 1,
    cap: 1,
    trainAccuracy: null,
    heldOutAccuracy: null,
  };
}
