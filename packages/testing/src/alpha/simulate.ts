import { notPlain, Random, type AlphaScheduler, type AlphaValue, type Judgement, type Observed, type Plain, type ProbeResult, type Progress, type RunFacts } from '@kd/core';
import { frozen, stored } from '../plain.ts';
import { attempt, type Fail } from '../fail.ts';

/** What happens at each step of a run, made up but always the same. */
export interface Run {
  readonly facts: RunFacts;
  /** What is called out in a message, e.g. `a run without labels`. */
  readonly what: string;
}

export interface Moment {
  readonly progress: Progress;
  readonly value: AlphaValue;
}

const STEPS_AN_EPOCH = 20;

/**
 * α over a whole run. The state is frozen before the scheduler sees it, so that it can't be written to.
 *
 * @param resume stores and loads the state after every step, as a run does that is stopped and taken up again
 */
export function simulate(scheduler: AlphaScheduler, { facts, what }: Run, resume: boolean, fail: Fail): readonly Moment[] {
  const random = new Random(7).stream('run');
  const share = (): number => random.uniform();
  const keep = (state: Plain): Plain => {
    const problem = notPlain(state, 'state');
    if (problem) fail(`the state is plain data that survives JSON, in ${what}`, problem);
    return frozen(resume ? stored(state) : state);
  };
  const moments: Moment[] = [];
  const held = scheduler.probe ? expectHoldOut(scheduler, facts, what, fail) : 0;
  let state = keep(attempt(fail, `a scheduler can begin ${what}`, () => scheduler.init(facts)));
  let released = false;
  for (let step = 0; step < facts.steps; step++) {
    const progress: Progress = { step, steps: facts.steps, epoch: Math.floor(step / STEPS_AN_EPOCH), epochs: facts.epochs };
    const now = `step ${step} of ${facts.steps} in ${what}`;
    state = attempt(fail, `a scheduler leaves the state that it is given as it is, at ${now}`, () => {
      const { probe } = scheduler;
      if (!probe?.due(state, progress)) return state;
      if (held === 0) fail('no probe is due where no labels are held out', `one is at ${now}`);
      return keep(probe.update(state, probeResult(facts, Math.min(held, probe.most), share), progress));
    });
    if (scheduler.probe && held > 0) {
      const free = scheduler.probe.released(state, progress);
      if (released && !free) fail('labels once released stay released', `they are held again at ${now}`);
      released = free;
    }
    moments.push({ progress, value: attempt(fail, `α can be computed at ${now}`, () => scheduler.value(state, progress)) });
    const seen = observed(scheduler, progress, share);
    state = keep(attempt(fail, `a scheduler leaves the state that it is given as it is, at ${now}`, () => scheduler.update?.(state, seen) ?? state));
  }
  return moments;
}

function expectHoldOut(scheduler: AlphaScheduler, facts: RunFacts, what: string, fail: Fail): number {
  const probe = scheduler.probe!;
  const held = attempt(fail, `labels can be held out of ${what}`, () => probe.holdOut(facts));
  if (!Number.isInteger(held) || held < 0 || held > facts.labelled) fail(`a whole number of labels from 0 to ${facts.labelled} is held out of ${what}`, `it is ${held}`);
  if (!(probe.most >= 1)) fail('at least one sample is judged at once', `\`most\` is ${probe.most}`);
  return held;
}

function probeResult({ granularities }: RunFacts, count: number, share: () => number): ProbeResult {
  const judge = (): Judgement => {
    const [teacherOnly, studentOnly, sameWrong] = [share(), share(), share()].map((part) => Math.floor((part * count) / 3));
    return { count, teacherOnly: teacherOnly!, studentOnly: studentOnly!, sameWrong: sameWrong! };
  };
  // The last granularity is never judged, as one whose classes the held-out labels do not cover.
  const judged = granularities.slice(0, Math.max(1, granularities.length - 1));
  return { granularities: Object.fromEntries(judged.map(({ name }) => [name, judge()])), studentAccuracy: share() };
}

/** Now and then a batch lacks labels or teachers: its side's loss and gradient are 0, and accuracy without labels is NaN. */
function observed({ needs }: AlphaScheduler, progress: Progress, share: () => number): Observed {
  const hard = progress.step % 3 === 1 ? 0 : 0.1 + 2 * share();
  const soft = progress.step % 5 === 2 ? 0 : 0.1 + 5 * share();
  const numbers = { progress, hard, soft, trainAccuracy: hard === 0 ? Number.NaN : share() };
  if (!needs?.gradients) return numbers;
  return { ...numbers, gradients: { hard: hard === 0 ? 0 : 10 * share(), soft: soft === 0 ? 0 : 10 * share(), cosine: hard * soft === 0 ? 0 : 2 * share() - 1 } };
}
