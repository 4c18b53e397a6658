import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { KdError, kdError, type Dataset, type LabelSpacesConfig } from '@kd/core';
import { readError } from '../files/disk-error.ts';
import { noUtf8, utf8Of } from '../files/utf8.ts';
import { datasetFromIterable, type Sample } from './dataset-from-iterable.ts';

/** Options of {@link csvDataset}, and of the reader `csv`. */
export interface CsvOptions {
  /** Its path; UTF-8, with a header line. */
  readonly file: string;
  /** The column that names each sample. */
  readonly id: string;
  /** By input: one column (a number), or several (a list). */
  readonly inputs: Readonly<Record<string, string | readonly string[]>>;
  /** By label space: the column of class names; several columns for the values of a regression. Empty cell: no label. */
  readonly labels?: Readonly<Record<string, string | readonly string[]>>;
  /** Label spaces as the config declares them; classes of others are the names found, sorted. */
  readonly spaces?: LabelSpacesConfig;
  /** Default ','. */
  readonly delimiter?: string;
}

const longestRecord = 64 << 20;
const decimal = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?$/i;
const notFinite = /^[+-]?(?:nan|inf|infinity)$/i;

/**
 * A data set from a CSV file in UTF-8 with a header line. A byte order mark, CRLF and empty lines are fine; an empty or
 * non-numeric input cell is an error that names the line.
 *
 * @throws KD_FILE_MISSING, KD_FILE_UNREADABLE, KD_DATA_COLUMN, KD_DATA_ROW, KD_DATA_NOT_FINITE, and what
 * `datasetFromIterable` throws
 */
export function csvDataset(options: CsvOptions): Promise<Dataset> {
  let line = 0;
  const samples = readSamples(options, (now) => (line = now));
  const { file, spaces = {} } = options;
  return datasetFromIterable(samples, { spaces, name: file, where: () => `${file} line ${line}` });
}

async function* readSamples(options: CsvOptions, at: (line: number) => void): AsyncGenerator<Sample> {
  const { file, delimiter = ',' } = options;
  const source = createReadStream(file);
  const text = Readable.from(utf8Of(source, (line) => {
    throw kdError('KD_DATA_ROW', { where: `${file} line ${line}`, problem: noUtf8 });
  }));
  const parser = parse({ bom: true, info: true, delimiter, skip_empty_lines: true, trim: true, max_record_size: longestRecord });
  text.on('error', (error) => parser.destroy(error instanceof KdError ? error : readError(file, 'Data file', error)));
  let columns: SampleColumns | undefined;
  try {
    for await (const { record, info } of text.pipe(parser) as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      at(info.lines);
      if (columns) yield columns.sampleOf(record, `${file} line ${info.lines}`);
      else columns = sampleColumns(record, options);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const lines: unknown = error['lines'];
    throw kdError('KD_DATA_ROW', { where: `${file} line ${String(lines)}`, problem: error.message }, error);
  } finally {
    text.destroy();
    source.destroy();
  }
}

interface SampleColumns {
  sampleOf(cells: readonly string[], where: string): Sample;
}

function sampleColumns(header: readonly string[], { file, id, inputs, labels = {}, spaces = {} }: CsvOptions): SampleColumns {
  const twice = header.find((name, i) => header.indexOf(name) !== i);
  if (twice !== undefined) throw kdError('KD_DATA_ROW', { where: `${file} line 1`, problem: `two columns are called '${twice}'` });
  const place = (column: string): number => {
    const found = header.indexOf(column);
    if (found < 0) throw kdError('KD_DATA_COLUMN', { file, column, known: header });
    return found;
  };
  const places = (columns: string | readonly string[]): number | readonly number[] => (typeof columns === 'string' ? place(columns) : columns.map(place));
  const idPlace = place(id);
  const inputPlaces = Object.entries(inputs).map(([input, columns]) => [input, places(columns)] as const);
  const labelPlaces = Object.entries(labels).map(([space, columns]) => [space, places(columns), isValues(spaces[space])] as const);
  return {
    sampleOf(cells, where) {
      const number = (at: number): number => toNumber(cells[at]!, header[at]!, where);
      const label = (at: number | readonly number[], values: boolean): string | number | number[] | null => {
        const all = [at].flat();
        if (all.every((one) => cells[one] === '')) return null;
        return values || typeof at !== 'number' ? all.map(number) : cells[at]!;
      };
      return {
        id: cells[idPlace]!,
        inputs: Object.fromEntries(inputPlaces.map(([input, at]) => [input, typeof at === 'number' ? number(at) : at.map(number)])),
        labels: Object.fromEntries(labelPlaces.map(([space, at, values]) => [space, label(at, values)])),
      };
    },
  };
}

function isValues(space: unknown): boolean {
  return typeof space === 'object' && space !== null && 'values' in space && !Array.isArray(space);
}

function toNumber(cell: string, column: string, where: string): number {
  if (decimal.test(cell)) return Number(cell);
  // Refused with its row by the column that takes it.
  if (notFinite.test(cell)) return /nan/i.test(cell) ? Number.NaN : cell.startsWith('-') ? -Infinity : Infinity;
  const problem = cell === '' ? `column '${column}' is empty` : `column '${column}' holds ${JSON.stringify(cell.slice(0, 80))}, which is no number`;
  throw kdError('KD_DATA_ROW', { where, problem });
}
