import { KdError, type AlphaScheduler, type GranularityFacts, type RunFacts } from '@kd/core';
import type { Fail } from '../fail.ts';
import { subjectOf, type StrategyOf, type SubjectOptions } from '../subject.ts';
import { checkLearned } from './learned.ts';
import { checkPerSample } from './per-sample.ts';
import { simulate, type Moment, type Run } from './simulate.ts';

export interface CheckAlphaSchedulerOptions extends SubjectOptions {
  /** Absolute error that a mean of weights may have; default 1e-6. */
  readonly tolerance?: number;
}

/**
 * Holds an α scheduler to its contract, over whole runs with many, few and no labels, with several, one and no teachers:
 * α from 0 to 1; trust with a mean of 1; a state that survives JSON, is never written to and holds everything; indifferent
 * to batches that lack a side; probes only on held-out labels. Learned and per-sample weighings are checked on tensors.
 *
 * @param given a strategy, or a scheduler
 * @throws `KD_CONFORMANCE` with the first rule that is broken
 */
export async function checkAlphaScheduler(given: StrategyOf<'alpha'> | AlphaScheduler, options: CheckAlphaSchedulerOptions = {}): Promise<void> {
  const { made: scheduler, fail, again } = subjectOf('alpha', given, options);
  const { tolerance = 1e-6 } = options;
  if (typeof scheduler.label !== 'string' || scheduler.label === '') fail('a scheduler has a label', `it is ${JSON.stringify(scheduler.label)}`);
  for (const [index, run] of runsFor(scheduler).entries()) {
    // The first run has everything; others may be refused before they begin.
    if (index > 0 && refuses(scheduler, run.facts)) continue;
    const moments = simulate(scheduler, run, false, fail);
    for (const moment of moments) expectValue(moment, run, tolerance, fail);
    expectSame(moments, simulate(scheduler, run, false, fail), `the same run gives the same α, in ${run.what}`, fail);
    expectSame(moments, simulate(again(), run, false, fail), `two of the same scheduler share nothing, in ${run.what}`, fail);
    expectSame(moments, simulate(scheduler, run, true, fail), `a run that is resumed gives the same α, in ${run.what}`, fail);
  }
  if (scheduler.learned) await checkLearned(scheduler.learned, fail);
  if (scheduler.perSample) await checkPerSample(scheduler.perSample, fail);
}

function runsFor({ probe }: AlphaScheduler): readonly Run[] {
  const granularity = (name: string, classes: number, full: boolean, covered: number): GranularityFacts =>
    ({ name, classes, full, ...(probe && { judged: { covered, correct: Math.floor(covered / 2) } }) });
  const run = (what: string, more: Partial<RunFacts>): Run => {
    const labelled = more.labelled ?? 1000;
    const granularities = more.granularities ?? [granularity('digit', 10, true, labelled), granularity('parity', 2, false, labelled), granularity('low', 5, false, 0)];
    return { what, facts: { steps: 100, epochs: 5, labelled, ...more, granularities } };
  };
  return [
    run('a run with labels and three granularities', {}),
    run('a run with one granularity', { granularities: [granularity('digit', 10, true, 1000)] }),
    run('a run with 30 labels', { labelled: 30 }),
    run('a run with one label', { labelled: 1 }),
    run('a run without labels', { labelled: 0 }),
    run('a run without teachers', { granularities: [] }),
    run('a run of one step', { steps: 1, epochs: 1 }),
  ];
}

function refuses(scheduler: AlphaScheduler, facts: RunFacts): boolean {
  try {
    scheduler.init(facts);
    return false;
  } catch (error) {
    if (error instanceof KdError) return true;
    // Any other error is met again, and named, when the run is simulated.
    return false;
  }
}

function expectValue({ progress, value }: Moment, { facts, what }: Run, tolerance: number, fail: Fail): void {
  const where = `at step ${progress.step} of ${what}`;
  const { alpha, trust } = value;
  if (!(alpha >= 0 && alpha <= 1)) fail(`α is from 0 to 1 ${where}`, `it is ${alpha}`);
  if (!trust) return;
  const names = facts.granularities.map(({ name }) => name);
  const missing = names.find((name) => !Object.hasOwn(trust, name)) ?? Object.keys(trust).find((name) => !names.includes(name));
  if (missing !== undefined) fail(`trust has one weight for each granularity ${where}`, `'${missing}' is not in both`);
  const weights = Object.values(trust);
  if (!weights.every((weight) => weight >= 0 && Number.isFinite(weight))) fail(`trust is at least 0 ${where}`, JSON.stringify(trust));
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  if (weights.length > 0 && Math.abs(mean - 1) > tolerance) fail(`trust has a mean of 1 ${where}`, `it is ${mean}`);
}

function expectSame(a: readonly Moment[], b: readonly Moment[], rule: string, fail: Fail): void {
  a.forEach(({ progress, value }, i) => {
    if (JSON.stringify(value) !== JSON.stringify(b[i]!.value)) fail(rule, `${JSON.stringify(value)} became ${JSON.stringify(b[i]!.value)} at step ${progress.step}`);
  });
}
