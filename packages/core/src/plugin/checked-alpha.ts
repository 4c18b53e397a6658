import type { AlphaScheduler, AlphaValue, Plain } from '../objective/alpha.ts';
import { notPlain } from './not-plain.ts';
import { finiteNumber, kindOf, type Refuse } from './refuse.ts';

/** How far a computed α may be outside of 0 to 1. */
const ROUNDING = 1e-6;

/** The same scheduler of α; its α and trust are checked, and whether its state can be saved. */
export function checkedAlpha(scheduler: AlphaScheduler, refuse: Refuse): AlphaScheduler {
  const { label, needs, probe, learned } = scheduler;
  const savable = (state: Plain, from: string): Plain => {
    const problem = notPlain(state, 'its state');
    return problem === undefined ? state : refuse(`${from}: ${problem}, which JSON cannot hold; a state is plain data, or null`);
  };
  return {
    label,
    ...(needs && { needs }), ...(probe && { probe }), ...(learned && { learned }),
    init: (facts) => savable(scheduler.init(facts), 'init'),
    value: (state, progress) => {
      const value: unknown = scheduler.value(state, progress);
      if (typeof value !== 'object' || value === null) return refuse(`value gave ${kindOf(value)} at step ${progress.step}, expected { alpha }`);
      const { alpha, trust = {} } = value as Partial<AlphaValue>;
      const weight = finiteNumber(alpha, 'its alpha', progress.step, refuse);
      if (weight < -ROUNDING || weight > 1 + ROUNDING) refuse(`its alpha is ${weight} at step ${progress.step}, expected a number from 0 to 1`);
      for (const [term, share] of Object.entries(trust)) finiteNumber(share, `its trust in '${term}'`, progress.step, refuse);
      return value as AlphaValue;
    },
    ...(scheduler.update && { update: (state, observed) => savable(scheduler.update!(state, observed), `update at step ${observed.progress.step}`) }),
    ...(scheduler.perSample && { perSample: (input) => scheduler.perSample!(input) }),
  };
}
