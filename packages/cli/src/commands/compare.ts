import { resolve } from 'node:path';
import { kdError, type Summary } from '@kd/core';
import type { GlobalFlags } from '../flags.ts';
import { print } from '../output/print.ts';
import { reporterFor } from '../output/reporter-for.ts';
import { safeText } from '../output/safe-text.ts';
import { labelCount, table } from '../output/table.ts';
import { isTaught } from '../output/verdict.ts';
import { readRun } from './read-run.ts';

/** The same number of several runs. */
interface Column {
  readonly name: 'baseline' | 'student' | 'ceiling' | 'gain';
  readonly title: string;
  /** By run: accuracies, or mean squared errors; a gain is the student's less that of the baseline. */
  readonly values: readonly number[];
}

/** `kd compare <runs...>`: how the students of several runs did, such as one a seed, with mean and spread for each objective. */
export function compare(folders: readonly string[], flags: GlobalFlags): void {
  const runs = folders.map((folder) => ({ folder, summary: readRun(resolve(folder)) }));
  const measure = measureOf(runs);
  const summaries = runs.map(({ summary }) => summary);
  if (new Set(summaries.map(({ hashes }) => hashes.test)).size > 1) reporterFor(flags).warn?.('These runs were judged on different test data: their numbers do not compare.');
  const columns = columnsOf(summaries, measure);
  const groups = groupsOf(summaries).map(({ objective, members }) => {
    const own = columns.map((column) => ({ ...column, values: members.map((i) => column.values[i]!) }));
    return { objective, members, columns: own, figures: figuresOf(own) };
  });
  const shown = (value: number): string => (measure === 'accuracy' ? (100 * value).toFixed(2) : value.toPrecision(4));
  const signed = (value: number, { name }: Column): string => `${name === 'gain' && value >= 0 ? '+' : ''}${shown(value)}`;
  print(flags, { runs: runs.map(({ folder, summary }) => ({ folder: resolve(folder), seed: summary.seed })), ...figuresOf(columns), groups: groups.map(({ objective, members, figures }) => ({ objective, runs: members, ...figures })) }, () => {
    const tables = groups.map(({ objective, members, columns: own }) => {
      const rows = members.map((member, i) => [runs[member]!.folder, String(summaries[member]!.seed), ...own.map((column) => signed(column.values[i]!, column))]);
      const spread = own.map((column) => `${signed(mean(column.values), column)} ± ${shown(deviation(column.values))}`);
      const heading = groups.length === 1 ? '' : `  ${safeText(objective)}\n`;
      return `\n${heading}${table([['run', 'seed', ...own.map(({ title }) => title)], ...rows, ['mean ± deviation', '', ...spread]])}\n`;
    });
    const what = measure === 'accuracy' ? 'Right answers in percent; a gain in points' : 'Mean squared errors: less is better';
    return `${tables.join('')}\n  ${what}. The deviation is that of single runs, n − 1 in its denominator.\n\n`;
  });
}

/** Runs that minimised the same, in the order in which they were named; one mean over different objectives would say nothing. */
function groupsOf(summaries: readonly Summary[]): readonly { readonly objective: string; readonly members: readonly number[] }[] {
  const objectives = summaries.map(({ objective }) => objective);
  return [...new Set(objectives)].map((objective) => ({ objective, members: [...objectives.keys()].filter((i) => objectives[i] === objective) }));
}

function figuresOf(columns: readonly Column[]): Record<string, { values: readonly number[]; mean: number; deviation: number }> {
  return Object.fromEntries(columns.map(({ name, values }) => [name, { values, mean: mean(values), deviation: deviation(values) }]));
}

type Measure = 'accuracy' | 'meanSquaredError';

/** What all of the runs were judged by, on their first head. */
function measureOf(runs: readonly { readonly folder: string; readonly summary: Summary }[]): Measure {
  const measures = runs.map(({ folder, summary }) => {
    const [first] = Object.values(summary.student.heads);
    if (first?.accuracy !== undefined) return 'accuracy';
    if (first?.meanSquaredError !== undefined) return 'meanSquaredError';
    throw kdError('KD_USAGE', { problem: `The student of ${folder} was not judged`, next: 'Give `data.test` samples with labels, and run again.' });
  });
  const other = measures.findIndex((measure) => measure !== measures[0]);
  if (other < 0) return measures[0]!;
  throw kdError('KD_USAGE', { problem: `The students of ${runs[0]!.folder} and ${runs[other]!.folder} are judged differently: one gives classes, the other values`, next: 'Compare runs of one task.' });
}

/** Comparisons that some run has not made are left out. */
function columnsOf(summaries: readonly Summary[], measure: Measure): Column[] {
  const column = (name: 'baseline' | 'student' | 'ceiling', title: string): Column | undefined => {
    const values = summaries.map((summary) => Object.values(summary[name]?.heads ?? {})[0]?.[measure]).filter((value) => value !== undefined);
    return values.length === summaries.length ? { name, title, values } : undefined;
  };
  const sameOf = (key: 'labelled' | 'train'): number | undefined => (new Set(summaries.map(({ data }) => data[key])).size === 1 ? summaries[0]!.data[key] : undefined);
  const [labelled, train] = [sameOf('labelled'), sameOf('train')];
  const baseline = column('baseline', labelled === undefined ? 'labels alone' : `${labelCount(labelled)} alone`);
  const student = column('student', summaries.every(isTaught) ? 'distilled' : 'student');
  const ceiling = column('ceiling', train === undefined ? 'all labels' : `all ${labelCount(train)}`);
  const gain = baseline && student ? { name: 'gain' as const, title: measure === 'accuracy' ? 'gain' : 'change', values: student.values.map((value, i) => value - baseline.values[i]!) } : undefined;
  return [baseline, student, ceiling, gain].filter((each) => each !== undefined);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return values.length < 2 ? 0 : Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}
