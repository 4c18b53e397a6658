import type { Judgement } from '@kd/core';

/** A teacher against the student on held-out labels, as shares of the labels. */
export type Measurement = {
  /** By how much the teacher is right more often; from -1 to 1. */
  readonly advantage: number;
  /** Standard error of the advantage. */
  readonly error: number;
  /** How often both give the same wrong answer: the label may be what is wrong. */
  readonly disputed: number;
};

/** Counts as shares. Only disagreements carry evidence (McNemar, 1947); one more sample keeps small counts undecided. */
export function measure({ count, teacherOnly, studentOnly, sameWrong }: Judgement): Measurement {
  return {
    advantage: (teacherOnly - studentOnly) / (count + 1),
    error: Math.sqrt(teacherOnly + studentOnly + 1) / (count + 1),
    disputed: sameWrong / (count + 1),
  };
}
