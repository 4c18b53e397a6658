import type { AlphaScheduler } from '../objective/alpha.ts';
import type { Objective } from '../objective/objective.ts';

/** An objective with one side only is that side and nothing else, whatever the scheduler says: α is 0 without labels, 1 without teachers. */
export function oneSided(objective: Objective): Objective {
  const { hard, soft, alpha } = objective;
  if (hard.length > 0 && soft.length > 0) return objective;
  return { ...objective, alpha: fixed(alpha, hard.length === 0 ? 0 : 1) };
}

/** The scheduler's trust in granularities stays. */
function fixed({ init, value }: AlphaScheduler, alpha: 0 | 1): AlphaScheduler {
  return { label: String(alpha), init, value: (state, progress) => ({ ...value(state, progress), alpha }) };
}
