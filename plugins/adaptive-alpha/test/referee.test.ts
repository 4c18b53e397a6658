import type { AlphaScheduler, AlphaValue, Judgement, Plain, Progress, RunFacts } from '@kd/core';
import { describe, expect, test } from 'vitest';
import { resolve } from './resolve.ts';

const STEPS = 1500;
const at = (step: number, steps = STEPS): Progress => ({ step, steps, epoch: 0, epochs: 1 });
const granularity = (name: string, more: object = {}) => ({ name, classes: 10, full: true, ...more });
const facts = (more: Partial<RunFacts> = {}): RunFacts => ({ steps: STEPS, epochs: 1, labelled: 1000, granularities: [granularity('digit')], ...more });
const level: Judgement = { count: 200, teacherOnly: 10, studentOnly: 10, sameWrong: 2 };
const better: Judgement = { count: 200, teacherOnly: 60, studentOnly: 4, sameWrong: 2 };
const worse: Judgement = { count: 200, teacherOnly: 2, studentOnly: 90, sameWrong: 2 };

interface Run { readonly values: AlphaValue[]; readonly probes: number[]; readonly states: Plain[] }

/** A run whose probes see `judge(step)`, and whose state is handed through `store` after each step. */
function run(scheduler: AlphaScheduler, given: RunFacts, judge: (step: number) => Record<string, Judgement>, { store = (state: Plain) => state, trainAccuracy = (_: number): number => 0.9, studentAccuracy = 0.85 } = {}): Run {
  let state = scheduler.init(given);
  const result: Run = { values: [], probes: [], states: [] };
  for (let step = 0; step < given.steps; step++) {
    const progress = at(step, given.steps);
    if (scheduler.probe!.due(state, progress)) {
      result.probes.push(step);
      state = scheduler.probe!.update(state, { granularities: judge(step), studentAccuracy }, progress);
    }
    result.values.push(scheduler.value(state, progress));
    state = store(scheduler.update!(state, { progress, hard: 1, soft: 1, trainAccuracy: trainAccuracy(step) }));
    result.states.push(state);
  }
  return result;
}

describe('referee', () => {
  test('without labels trains on teachers alone, without teachers on labels alone', () => {
    const scheduler = resolve('referee');
    const noLabels = facts({ labelled: 0 });
    expect(scheduler.value(scheduler.init(noLabels), at(700))).toEqual({ alpha: 0, trust: { digit: 1 } });
    expect(scheduler.probe!.holdOut(noLabels)).toBe(0);
    const noTeachers = facts({ granularities: [] });
    expect(scheduler.value(scheduler.init(noTeachers), at(700)).alpha).toBe(1);
    expect(scheduler.probe!.holdOut(noTeachers)).toBe(0);
  });

  test('holds out a fifth of the labels, at most 1,000, and none of fewer than 50', () => {
    const { holdOut } = resolve('referee').probe!;
    expect([49, 50, 1003, 60_000].map((labelled) => holdOut(facts({ labelled })))).toEqual([0, 10, 200, 1000]);
    expect(resolve(['referee', { holdOut: 0.1 }]).probe!.holdOut(facts())).toBe(100);
  });

  test('probes every 25 of 1,500 steps from 4 % to 40 % of the run, then releases the labels', () => {
    const scheduler = resolve('referee');
    const { probes } = run(scheduler, facts(), () => ({ digit: level }));
    expect(probes).toEqual(Array.from({ length: 21 }, (_, i) => 75 + 25 * i));
    const state = scheduler.init(facts());
    expect([599, 600].map((step) => scheduler.probe!.released(state, at(step)))).toEqual([false, true]);
    expect(run(scheduler, facts({ steps: 100 }), () => ({ digit: level })).probes).toEqual(Array.from({ length: 18 }, (_, i) => 4 + 2 * i));
  });

  test('learns from labels alone until the first probe, then lets an equal teacher take over', () => {
    const { values } = run(resolve('referee'), facts(), () => ({ digit: level }));
    expect(values.slice(0, 75).every(({ alpha }) => alpha === 1)).toBe(true);
    expect(values[750]!.alpha).toBeCloseTo(0.5, 9);
    expect(values[1499]!.alpha).toBeCloseTo(0.9 - 0.8 * (1499 / 1500), 9);
  });

  test('closes a teacher that lost to the labels-only student for good, even when the student copies it later', () => {
    const { values } = run(resolve('referee'), facts(), (step) => ({ digit: step === 75 ? worse : level }));
    expect(values.every(({ alpha }) => alpha === 1)).toBe(true);
  });

  test('gives the share of a closed teacher to the open ones', () => {
    const two = facts({ granularities: [granularity('digit'), granularity('parity', { full: false, classes: 2 })] });
    const { values } = run(resolve('referee'), two, () => ({ digit: worse, parity: better }));
    expect(values[0]!.trust).toEqual({ digit: 1, parity: 1 });
    expect(values[100]!.trust).toEqual({ digit: 0, parity: 2 });
    expect(values[100]!.alpha).toBeLessThan(1);
  });

  test('believes terms that no label can judge, alone or beside teachers that are closed', () => {
    const scheduler = resolve('referee');
    const alone = facts({ granularities: [], unjudged: 1 });
    expect(scheduler.value(scheduler.init(alone), at(750)).alpha).toBeCloseTo(0.5, 9);
    const { values } = run(scheduler, facts({ unjudged: 1 }), () => ({ digit: worse }));
    expect(values[750]!.alpha).toBeCloseTo(0.5, 9);
  });

  test('distrusts labels that teacher and student contradict alike', () => {
    const { values } = run(resolve('referee'), facts(), () => ({ digit: { ...level, sameWrong: 80 } }));
    expect(values[750]!.alpha).toBeLessThan(0.25);
  });

  test('caps α where the labels are known by heart and a trusted teacher has all classes', () => {
    const overfit = { trainAccuracy: () => 1, studentAccuracy: 0.8 };
    const full = run(resolve('referee'), facts(), () => ({ digit: better }), overfit);
    expect(full.values[100]!.alpha).toBeCloseTo(0.4, 6);
    const partial = run(resolve('referee'), facts({ granularities: [granularity('digit', { full: false })] }), () => ({ digit: better }), overfit);
    expect(partial.values[100]!.alpha).toBeGreaterThan(0.8);
  });

  test('judges teachers once on fewer than 50 labels, and never probes', () => {
    const scheduler = resolve('referee');
    const few = facts({ labelled: 30, granularities: [granularity('good', { judged: { covered: 30, correct: 29 } }), granularity('bad', { judged: { covered: 30, correct: 6 } }), granularity('unseen', { judged: { covered: 0, correct: 0 } })] });
    const { values, probes } = run(scheduler, few, () => ({}));
    expect(probes).toEqual([]);
    expect(values[0]).toEqual({ alpha: 0.9, trust: { good: 1.5, bad: 0, unseen: 1.5 } });
    expect(scheduler.probe!.released(scheduler.init(few), at(0))).toBe(true);
  });

  test('keeps trusting nothing and nobody by NaN: batches without labels leave the averages alone', () => {
    const seen = (step: number): number => (step % 2 === 0 ? Number.NaN : 0.99);
    const { values } = run(resolve('referee'), facts(), () => ({ digit: better }), { trainAccuracy: seen, studentAccuracy: 0.89 });
    expect(values.every(({ alpha }) => alpha >= 0 && alpha <= 1)).toBe(true);
    expect(values[100]!.alpha).toBeCloseTo(0.7, 6);
  });

  test('an accuracy that could not be measured caps nothing', () => {
    const { values } = run(resolve('referee'), facts(), () => ({ digit: better }), { trainAccuracy: () => Number.NaN, studentAccuracy: Number.NaN });
    expect(values[100]!.alpha).toBeCloseTo(0.9 - 0.8 * (100 / 1500), 9);
  });

  test('goes on from stored state with the same bytes', () => {
    const noisy = (step: number): Record<string, Judgement> => ({ digit: { count: 200, teacherOnly: step % 37, studentOnly: step % 23, sameWrong: step % 11 } });
    const store = (state: Plain): Plain => JSON.parse(JSON.stringify(state)) as Plain;
    expect(run(resolve('referee'), facts(), noisy, { store })).toEqual(run(resolve('referee'), facts(), noisy));
  });

  test('names the mistake in its options', () => {
    expect(() => resolve(['referee', { warmUp: 0.5, release: 0.3 }])).toThrow(/release: must come after warmUp/);
  });
});
