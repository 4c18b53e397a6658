import { resolve } from 'node:path';
import type { StudentSummary, Summary } from '@kd/core';
import type { GlobalFlags } from '../flags.ts';
import { print } from '../output/print.ts';
import { reporterFor } from '../output/reporter-for.ts';
import { labelCount, table } from '../output/table.ts';
import { readSummary } from './read-summary.ts';

/** The same number of several runs. */
interface Column {
  readonly name: 'baseline' | 'student' | 'ceiling' | 'gain';
  readonly title: string;
  /** By run: accuracies, or mean squared errors; a gain is the student's less that of the baseline. */
  readonly values: readonly number[];
}

/** `kd compare <runs...>`: how the students of several runs did, such as one a seed, with mean and spread. */
export function compare(folders: readonly string[], flags: GlobalFlags): void {
  const runs = folders.map((folder) => ({ folder, summary: readSummary(resolve(folder)) }));
  const summaries = runs.map(({ summary }) => summary);
  if (new Set(summaries.map(({ hashes }) => hashes.test)).size > 1) reporterFor(flags).warn?.('These runs were judged on different test data: their numbers do not compare.');
  const columns = columnsOf(summaries);
  const isShare = summaries.every(({ student }) => student.accuracy !== undefined);
  const figures = Object.fromEntries(columns.map(({ name, values }) => [name, { values, mean: mean(values), deviation: deviation(values) }]));
  print(flags, { runs: runs.map(({ folder, summary }) => ({ folder: resolve(folder), seed: summary.seed })), ...figures }, () => {
    const shown = (value: number, { name }: Column): string => (isShare ? `${name === 'gain' && value >= 0 ? '+' : ''}${(100 * value).toFixed(2)}` : value.toPrecision(4));
    const rows = runs.map(({ folder, summary }, i) => [folder, String(summary.seed), ...columns.map((column) => shown(column.values[i]!, column))]);
    const spread = columns.map((column) => `${shown(mean(column.values), column)} ± ${shown(deviation(column.values), { ...column, name: 'student' })}`);
    return `\n${table([['run', 'seed', ...columns.map(({ title }) => title)], ...rows, ['mean ± deviation', '', ...spread]])}\n\n  ${isShare ? 'Right answers in percent; a gain in points' : 'Mean squared errors: less is better'}. The deviation is that of single runs, n − 1 in its denominator.\n\n`;
  });
}

/** Comparisons that some run has not made are left out. */
function columnsOf(summaries: readonly Summary[]): Column[] {
  const { labelled, train } = summaries[0]!.data;
  const all = (name: 'baseline' | 'student' | 'ceiling', title: string): Column[] => {
    const values = summaries.map((summary) => scoreOf(summary[name])).filter((value) => value !== undefined);
    return values.length === summaries.length ? [{ name, title, values }] : [];
  };
  const [baseline, student] = [all('baseline', `${labelCount(labelled)} alone`), all('student', 'distilled')];
  const gain = baseline.length && student.length ? [{ name: 'gain' as const, title: 'gain', values: student[0]!.values.map((value, i) => value - baseline[0]!.values[i]!) }] : [];
  return [...baseline, ...student, ...all('ceiling', `all ${labelCount(train)}`), ...gain];
}

/** Of the first head. */
function scoreOf(student: StudentSummary | undefined): number | undefined {
  const [first] = Object.values(student?.heads ?? {});
  return first?.accuracy ?? first?.meanSquaredError;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return values.length < 2 ? 0 : Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}
