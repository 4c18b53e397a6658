import { clip } from './clip.ts';

/** A student that merely copies a weak teacher shares this many of its mistakes. */
const EXPECTED = 0.1;
const SLOPE = 2.5;
const FLOOR = 0.05;
/** Keeps the mean defined when every teacher is closed. */
const LEAST = 1e-6;

/**
 * How far the labels are believed, from 0.05 to 1: they lose where trusted teachers and the student contradict them alike.
 *
 * @param trusts one a teacher
 * @param disputed one a teacher: average share of labels that teacher and student contradict with the same answer
 */
export function labelTrust(trusts: readonly number[], disputed: readonly number[]): number {
  let weighed = 0;
  let weight = 0;
  trusts.forEach((trust, g) => {
    weighed += (trust + LEAST) * disputed[g]!;
    weight += trust + LEAST;
  });
  return clip(1 - SLOPE * Math.max(0, weighed / weight - EXPECTED), FLOOR, 1);
}
