import type { Observed } from '../objective/alpha.ts';
import type { Objective } from '../objective/objective.ts';
import type { Numbers } from './hooks.ts';
import type { PlannedStep } from './step-planner.ts';

/** What a step tells in its history: its stats, the share of right answers, the knobs that changed. */
export function numbersOf({ correct, ...stats }: Numbers, { sampled, labels, alpha, knobs }: PlannedStep, { heads }: Objective): Numbers {
  const trainAccuracy = correct! / countLabelled(sampled.labelled, labels[heads[0]!.space.name]);
  const trust = Object.entries(alpha.trust ?? {}).map(([name, value]) => [`trust/${name}`, value]);
  return { ...stats, trainAccuracy, learningRate: knobs['learningRate']!, ...Object.fromEntries(trust) };
}

/** What α's scheduler sees of a step. */
export function observedIn(numbers: Numbers, { context: { progress } }: PlannedStep): Observed {
  const { hard, soft, trainAccuracy, cosine } = numbers;
  const gradients = cosine === undefined ? {} : { gradients: { hard: numbers['norm/hard']!, soft: numbers['norm/soft']!, cosine } };
  return { progress, hard: hard!, soft: soft!, trainAccuracy: trainAccuracy!, ...gradients };
}

/** Samples that the first head's accuracy is about; NaN when there is none, so that shares of it are not known either. */
function countLabelled(rows: Int32Array, labels: ArrayLike<number> | undefined): number {
  let count = 0;
  if (labels) for (const row of rows) if (labels[row]! >= 0) count++;
  return count === 0 ? Number.NaN : count;
}
