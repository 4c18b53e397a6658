import { clip } from './clip.ts';

/** Below this many labels none is held out: the teachers are judged once, on all of them. */
export const FEWEST = 50;

/** From chance (0) to always right (1): teachers below 0.3 are closed, those above 0.7 open. */
const CLOSED_AT = 0.3;
const SPAN = 0.4;

/** Trust in a teacher with `correct` of `covered` labels right; 1 where there is nothing to judge by. */
export function trustOnFewLabels(correct: number, covered: number, classes: number): number {
  if (covered === 0 || classes < 2) return 1;
  const chance = 1 / classes;
  const quality = clip(((correct + 1) / (covered + 2) - chance) / (1 - chance), 0, 1);
  return clip((quality - CLOSED_AT) / SPAN, 0, 1);
}
