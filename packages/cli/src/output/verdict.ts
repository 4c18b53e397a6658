import type { Summary } from '@kd/core';
import { count, labelCount, percent } from './table.ts';

/** Whether there was anybody to learn from. */
export function isTaught({ teachers }: Summary): boolean {
  return Object.keys(teachers).length > 0;
}

/** One sentence: did distillation help? */
export function verdict(summary: Summary): string {
  const { student, baseline, ceiling, data } = summary;
  if (!isTaught(summary)) return 'The student is trained. There are no teachers, so nothing was distilled.';
  if (student.accuracy === undefined) return errorVerdict(summary);
  if (baseline?.accuracy === undefined) return `The student gets ${percent(student.accuracy)} right.`;
  const gain = (student.accuracy - baseline.accuracy) * 100;
  const points = `${Math.abs(gain).toFixed(2)} points`;
  const compared = `than the same student on its ${labelCount(data.labelled)} alone`;
  const first = gain >= 0.005 ? `Distilled, it is ${points} better ${compared}` : gain <= -0.005 ? `Distilled, it is ${points} WORSE ${compared}` : 'Distillation changed nothing';
  if (ceiling?.accuracy === undefined || gain <= 0 || ceiling.accuracy <= baseline.accuracy) return `${first}.`;
  const share = (student.accuracy - baseline.accuracy) / (ceiling.accuracy - baseline.accuracy);
  return `${first}: ${Math.round(share * 100)} % of what all labels would have given.`;
}

/** The same for values, where less is better. */
function errorVerdict({ student, baseline, data }: Summary): string {
  const [own, alone] = [student, baseline].map((one) => Object.values(one?.heads ?? {})[0]?.meanSquaredError);
  if (own === undefined) return 'The student is trained.';
  if (alone === undefined) return `The student’s mean squared error is ${own.toPrecision(4)}.`;
  if (own === alone) return 'Distillation changed nothing.';
  const change = Math.round(100 * Math.abs(1 - own / alone));
  const compared = `than that of the same student on its ${labelCount(data.labelled)} alone`;
  return own <= alone ? `Distilled, its mean squared error is ${change} % less ${compared}.` : `Distilled, its mean squared error is ${change} % MORE ${compared}.`;
}

/** Whose weights the student has, where its epochs were validated; a line of its own, for those labels were seen too. */
export function keptEpoch({ student: { bestEpoch }, history, data: { validation } }: Summary): string | undefined {
  if (validation === undefined) return undefined;
  const by = `${count(validation)} validation ${validation === 1 ? 'sample' : 'samples'}`;
  return bestEpoch === undefined ? `The student has the weights of its last epoch; ${by} judged each.` : `The student has the weights of epoch ${bestEpoch + 1} of ${history.length}, the best by ${by}.`;
}
