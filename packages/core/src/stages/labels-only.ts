import { defaultHardLoss } from '../config/resolve-hard-terms.ts';
import { granularityOf } from '../labels/granularity.ts';
import type { AlphaScheduler } from '../objective/alpha.ts';
import type { Head, Objective } from '../objective/objective.ts';
import type { Registry } from '../plugin/registry.ts';

const onlyLabels: AlphaScheduler = { label: '1', init: () => null, value: () => ({ alpha: 1 }) };

/** Plain training: the default label loss on one head, no teachers. */
export function labelsOnly(head: Head, registry: Registry): Objective {
  const granularity = granularityOf(head.space, [head.space], head.space.name);
  const loss = registry.resolve('loss', defaultHardLoss(head.space), 'hard');
  return { heads: [head], hard: [{ name: `hard/${head.space.name}`, granularity, head, loss, weight: 1 }], soft: [], alpha: onlyLabels };
}

/** The same label losses without the teachers. */
export function withoutTeachers(objective: Objective): Objective {
  return { ...objective, soft: [], alpha: onlyLabels };
}

