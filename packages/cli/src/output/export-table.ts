import { isAbsolute, join, relative } from 'node:path';
import type { Score } from '@kd/core';
import type { Exported } from '@kd/export';
import { asArgument } from './next-command.ts';
import { safeText } from './safe-text.ts';
import { count, score, table } from './table.ts';

export interface ExportTableOptions extends Pick<Exported, 'folder' | 'files' | 'difference'> {
  readonly precision: string;
  readonly parameters: number;
  /** By head, in the run and as it ships; empty without test data. */
  readonly before: Readonly<Record<string, Score>>;
  readonly after: Readonly<Record<string, Score>>;
}

/** What was exported, for a person. */
export function exportTable({ folder, files, difference, precision, parameters, before, after }: ExportTableOptions): string {
  const inside = relative(process.cwd(), folder);
  const path = inside.startsWith('..') || isAbsolute(inside) ? folder : inside;
  const judged = Object.entries(after);
  const stored = `${count(parameters)} parameters, ${size(files['weights.bin']!)} of weights${precision === 'float32' ? '' : ` with matrices as ${precision}`}`;
  const proof = difference === undefined ? '' : difference === 0 ? '; its answers are those of the run' : `; its answers differ from the run’s by ${difference.toExponential(1)} at most`;
  return [
    '', ...(judged.length === 0 ? [] : [table([['', 'in the run', 'as it ships', 'samples'], ...judged.map(([name, own]) => [name, score(before[name]!), score(own), count(own.samples)])]), '']),
    `  ${stored}${proof}.`,
    '', table(Object.entries(files).map(([file, bytes]) => [join(path, file), size(bytes)])),
    '', ...('demo.html' in files
      ? [`  Try it    open ${safeText(join(path, 'demo.html'))} in a browser`]
      : ['  Without data.test there is nothing to prove it by: no golden samples, no demo page.']),
    `  Use it    npm pack ${safeText(asArgument(isAbsolute(path) ? path : `./${path}`))}   makes a package of it; its README.md says how to go on`, '',
  ].join('\n');
}

/** Bytes for a person. */
function size(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(2)} MB`;
}
