import { kdError } from '@kd/core';

/** Above this a step would spend more time on weights than on the student. */
const MOST = 10_000;

/** Row by row, which weights are free and which are at the cap; the others are 0. */
export interface ActiveSets {
  readonly count: number;
  readonly free: Float32Array;
  readonly capped: Float32Array;
}

const known = new Map<string, ActiveSets>();

/** Every choice that can sum to 1: less than 1 at the cap and something free, or exactly 1 at the cap. */
export function activeSets(teachers: number, cap: number): ActiveSets {
  const key = `${teachers} ${cap}`;
  let sets = known.get(key);
  if (!sets) known.set(key, (sets = enumerate(teachers, cap)));
  return sets;
}

function enumerate(teachers: number, cap: number): ActiveSets {
  const free: number[] = [];
  const capped: number[] = [];
  let count = 0;
  const choose = (at: number, chosen: readonly (0 | 1 | 2)[], atCap: number, isFree: boolean): void => {
    const used = atCap * cap;
    if (used > 1 + 1e-6) return;
    if (at < teachers) {
      for (const state of [0, 1, 2] as const) choose(at + 1, [...chosen, state], atCap + (state === 2 ? 1 : 0), isFree || state === 1);
      return;
    }
    if (isFree ? used > 1 - 1e-6 : Math.abs(used - 1) > 1e-6) return;
    if (++count > MOST) throw kdError('KD_STRATEGY_OPTIONS', { kind: 'aggregator', name: 'ae-kd', where: 'aggregation', problems: [`with a cap of ${cap} it cannot weigh as many as ${teachers} teachers`] });
    free.push(...chosen.map((state) => Number(state === 1)));
    capped.push(...chosen.map((state) => Number(state === 2)));
  };
  choose(0, [], 0, false);
  return { count, free: Float32Array.from(free), capped: Float32Array.from(capped) };
}
