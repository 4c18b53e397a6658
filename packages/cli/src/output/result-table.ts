import { relative } from 'node:path';
import type { StudentSummary, Summary } from '@kd/core';
import type { GlobalFlags } from '../flags.ts';
import { asArgument, nextCommand } from './next-command.ts';
import { shown } from './paint.ts';
import { safeText } from './safe-text.ts';
import { count, labelCount, percent, score, seconds, table } from './table.ts';

/** What a run found, for a person. @param folder where it is kept */
export function resultTable(summary: Summary, folder: string, took: number, flags: GlobalFlags): string {
  const { teachers, student, baseline, ceiling, data } = summary;
  const rows: string[][] = [['', 'speaks', 'accuracy', 'parameters']];
  for (const [id, teacher] of Object.entries(teachers)) rows.push([`teacher ${id}`, `${teacher.space} (${teacher.classes})`, score(teacher), count(teacher.parameters)]);
  if (baseline) rows.push(...studentRows(`student, ${labelCount(data.labelled)} alone`, baseline));
  rows.push(...studentRows(isTaught(summary) ? 'student, distilled' : 'student', student));
  if (ceiling) rows.push(...studentRows(`student, all ${labelCount(data.train)}`, ceiling));
  const path = relative(process.cwd(), folder) || '.';
  const where = safeText(path);
  const [evaluate, inspect] = [nextCommand(flags, `evaluate ${asArgument(path)}`), nextCommand(flags, 'inspect')];
  return [
    '', table(rows), '',
    `  ${shown('bold', verdict(summary))}`, '',
    '  Each teacher is judged on the test samples that its own label space covers.',
    `  ${safeText(summary.objective)}`,
    `  ${seconds(took)} on ${summary.backend}, seed ${summary.seed}. The model is ${where}/student, every number in ${where}/summary.json`, '',
    `  Next   ${evaluate}   judges the saved model again`,
    `         ${inspect.padEnd(evaluate.length)}   the objective, and where each setting comes from`, '',
  ].join('\n');
}

/** A row for each head. */
function studentRows(name: string, { heads, parameters }: StudentSummary): string[][] {
  const scores = Object.entries(heads);
  if (scores.length === 0) return [[name, '', '–', count(parameters)]];
  return scores.map(([space, own], i) => (i === 0 ? [name, space, score(own), count(parameters)] : ['', space, score(own), '']));
}

function isTaught({ teachers }: Summary): boolean {
  return Object.keys(teachers).length > 0;
}

/** One sentence: did distillation help? */
function verdict(summary: Summary): string {
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
