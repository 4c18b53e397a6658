import { relative } from 'node:path';
import type { Summary } from '@kd/core';
import type { GlobalFlags } from '../flags.ts';
import { asArgument, nextCommand } from './next-command.ts';
import { shown } from './paint.ts';
import { safeText } from './safe-text.ts';
import { count, labelCount, percent, seconds, table } from './table.ts';

/** What a run found, for a person. @param folder where it is kept */
export function resultTable(summary: Summary, folder: string, took: number, flags: GlobalFlags): string {
  const { teachers, student, baseline, ceiling, data } = summary;
  const rows: string[][] = [['', 'speaks', 'accuracy', 'parameters']];
  for (const [id, teacher] of Object.entries(teachers)) rows.push([`teacher ${id}`, `${teacher.space} (${teacher.classes})`, percent(teacher.accuracy), count(teacher.parameters)]);
  const [head] = Object.keys(student.heads);
  const speaks = head ?? '';
  if (baseline) rows.push([`student, ${labelCount(data.labelled)} alone`, speaks, percent(baseline.accuracy), count(baseline.parameters)]);
  rows.push(['student, distilled', speaks, percent(student.accuracy), count(student.parameters)]);
  if (ceiling) rows.push([`student, all ${count(data.train)} labels`, speaks, percent(ceiling.accuracy), count(ceiling.parameters)]);
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

/** One sentence: did distillation help? */
function verdict({ student, baseline, ceiling, data }: Summary): string {
  if (student.accuracy === undefined) return 'The student is trained.';
  if (baseline?.accuracy === undefined) return `The student gets ${percent(student.accuracy)} right.`;
  const gain = (student.accuracy - baseline.accuracy) * 100;
  const points = `${Math.abs(gain).toFixed(2)} points`;
  const compared = `than the same student on its ${labelCount(data.labelled)} alone`;
  const first = gain >= 0.005 ? `Distilled, it is ${points} better ${compared}` : gain <= -0.005 ? `Distilled, it is ${points} WORSE ${compared}` : 'Distillation changed nothing';
  if (ceiling?.accuracy === undefined || gain <= 0 || ceiling.accuracy <= baseline.accuracy) return `${first}.`;
  const share = (student.accuracy - baseline.accuracy) / (ceiling.accuracy - baseline.accuracy);
  return `${first}: ${Math.round(share * 100)} % of what all labels would have given.`;
}
