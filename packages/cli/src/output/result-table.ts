import { relative } from 'node:path';
import type { StudentSummary, Summary } from '@kd/core';
import type { GlobalFlags } from '../flags.ts';
import { asArgument, nextCommand } from './next-command.ts';
import { shown } from './paint.ts';
import { safeText } from './safe-text.ts';
import { count, labelCount, parametersOfTeacher, score, seconds, table } from './table.ts';
import { isTaught, keptEpoch, verdict } from './verdict.ts';

/** What a run found, for a person. @param folder where it is kept */
export function resultTable(summary: Summary, folder: string, took: number, flags: GlobalFlags): string {
  const { teachers, student, baseline, ceiling, data } = summary;
  const rows: string[][] = [['', 'speaks', 'accuracy', 'parameters']];
  for (const [id, teacher] of Object.entries(teachers)) rows.push([`teacher ${id}`, `${teacher.space} (${teacher.classes})`, score(teacher), parametersOfTeacher(teacher)]);
  if (baseline) rows.push(...studentRows(`student, ${labelCount(data.labelled)} alone`, baseline));
  rows.push(...studentRows(isTaught(summary) ? 'student, distilled' : 'student', student));
  if (ceiling) rows.push(...studentRows(`student, all ${labelCount(data.train)}`, ceiling));
  const path = relative(process.cwd(), folder) || '.';
  const where = safeText(path);
  const [report, ship, evaluate, inspect] = [`report ${asArgument(path)}`, `export ${asArgument(path)}`, `evaluate ${asArgument(path)}`, 'inspect'].map((command) => nextCommand(flags, command));
  const kept = keptEpoch(summary);
  return [
    '', table(rows), '',
    `  ${shown('bold', verdict(summary))}`, '',
    ...(kept === undefined ? [] : [`  ${kept}`]),
    ...(Object.values(teachers).some(({ samples }) => samples) ? ['  Each teacher is judged on the test samples that its own label space covers.'] : []),
    `  ${safeText(summary.objective)}`,
    `  ${seconds(took)} on ${summary.backend}, seed ${summary.seed}. The model is ${where}/student, every number in ${where}/summary.json`, '',
    `  Next   ${report!.padEnd(evaluate!.length)}   all of this as a page, with curves and every class`,
    `         ${ship!.padEnd(evaluate!.length)}   what ships: a folder for browser, phone and Node, and a demo page`,
    `         ${evaluate}   judges the saved model again`,
    `         ${inspect!.padEnd(evaluate!.length)}   the objective, and where each setting comes from`, '',
  ].join('\n');
}

/** A row for each head. */
function studentRows(name: string, { heads, parameters }: StudentSummary): string[][] {
  const scores = Object.entries(heads);
  if (scores.length === 0) return [[name, '', '–', count(parameters)]];
  return scores.map(([space, own], i) => (i === 0 ? [name, space, score(own), count(parameters)] : ['', space, score(own), '']));
}
