import { clip } from './clip.ts';
import type { Measurement } from './measure.ts';

/** An advantage below this is no difference worth acting on. */
const TOLERANCE = 0.02;

/** The advantage in standard units. */
export function standardised({ advantage, error }: Pick<Measurement, 'advantage' | 'error'>): number {
  return advantage / Math.sqrt(TOLERANCE ** 2 + error ** 2);
}

/**
 * How far a teacher is listened to, from 0 (closed) to 1: level with the student or better is 1, one standard unit behind
 * is 0. A teacher that lost to the student while it had learned from labels alone (`first`) stays closed: later the
 * student may have copied its mistakes, and would call that a tie.
 *
 * @param average the measurements' average
 * @param first the standardised advantage at the first probe
 */
export function trustIn(average: Pick<Measurement, 'advantage' | 'error'>, first: number): number {
  return Math.min(clip(1 + standardised(average), 0, 1), clip(1 + first, 0, 1));
}
