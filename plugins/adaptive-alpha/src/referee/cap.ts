import { clip } from './clip.ts';

const STRENGTH = 0.6;
/** From this gap on, the cap is as low as it gets. */
const GAP = 0.2;

/**
 * The most that labels may weigh: less, the more the student has learned them by heart, provided that a trusted teacher of
 * the same classes can take over.
 *
 * @param trainAccuracy average accuracy on the labels that are trained on
 * @param heldOutAccuracy average accuracy on held-out labels
 * @param trust the highest trust in a teacher of all the student's classes; 0 without one
 */
export function capOnLabels(trainAccuracy: number, heldOutAccuracy: number, trust: number): number {
  return 1 - STRENGTH * trust * clip((trainAccuracy - heldOutAccuracy) / GAP, 0, 1);
}
