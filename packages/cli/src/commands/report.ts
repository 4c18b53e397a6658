import { join, relative, resolve } from 'node:path';
import { confusionsOf, openData, startBackend, type Confusion, type ResolvedConfig, type Summary } from '@kd/core';
import { durableWrite } from '@kd/node';
import type { GlobalFlags } from '../flags.ts';
import { print } from '../output/print.ts';
import { reporterFor } from '../output/reporter-for.ts';
import { safeText } from '../output/safe-text.ts';
import { count, percent } from '../output/table.ts';
import { reportPage } from '../report/report-page.ts';
import { openSession } from '../session.ts';
import { openStudent } from './open-student.ts';
import { readRun } from './read-run.ts';

/** `kd report [run]`: what a run found, as one page, `report.html` in its folder. */
export async function report(given: string | undefined, flags: GlobalFlags): Promise<void> {
  const { resolved, runFolder } = await openSession(flags);
  const folder = given === undefined ? runFolder : resolve(given);
  const summary = readRun(folder);
  const warn = (message: string): void => reporterFor(flags).warn?.(message);
  const confusions = await confusionsIn(folder, resolved, warn);
  expectSame(summary, confusions, warn);
  const file = join(folder, 'report.html');
  await durableWrite(file, reportPage(summary, confusions));
  print(flags, { file, confusions }, () => `The report is ${safeText(relative(process.cwd(), file))}: open it in a browser.\n`);
}

/** Other data than the run's would make a page that contradicts itself. Another backend may round an answer to another class. */
function expectSame({ student }: Summary, confusions: Readonly<Record<string, Confusion>>, warn: (message: string) => void): void {
  for (const [space, { counts }] of Object.entries(confusions)) {
    const { accuracy = 0, samples = 0 } = student.heads[space] ?? {};
    const all = counts.flat().reduce((sum, each) => sum + each, 0);
    const now = counts.reduce((sum, row, label) => sum + row[label]!, 0) / all;
    if (all === samples && (all === 0 || Math.abs(now - accuracy) < 0.005)) continue;
    warn(`The student gets ${percent(now)} of ${count(all)} samples of '${space}' right, but ${percent(accuracy)} of ${count(samples)} in the run: data.test or the student is not what it was. Run \`npx kd run\` again before you trust the page.`);
  }
}

/** The student is asked again: a summary has accuracies alone. */
async function confusionsIn(folder: string, resolved: ResolvedConfig, warn: (message: string) => void): Promise<Record<string, Confusion>> {
  await startBackend(resolved);
  const data = await openData(resolved);
  data.warnings.forEach(warn);
  if (!data.test) return {};
  const { model, heads, inputs } = await openStudent(folder, resolved, data.test);
  return confusionsOf(model, heads, data.test, inputs, resolved.spaces);
}
