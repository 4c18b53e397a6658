import { createReadStream } from 'node:fs';
import { kdError, KdError, type Dataset } from '@kd/core';
import { readError } from '../files/disk-error.ts';
import { parseJson } from '../files/parse-json.ts';
import { datasetFromIterable, type IterableOptions, type Sample } from './dataset-from-iterable.ts';

/** Options of {@link jsonlDataset}, and of the reader `jsonl`. */
export interface JsonlOptions extends Omit<IterableOptions, 'name' | 'where'> {
  /** Its path; UTF-8, one object a line. */
  readonly file: string;
}

const longestLine = 64 << 20;

/**
 * A data set from a file with one JSON object a line: `{"id": "a", "inputs": {"x": [0.5, 1]}, "labels": {"kind": "cat"}}`.
 * Other keys are left alone; empty lines, CRLF and a byte order mark are fine.
 *
 * @throws KD_FILE_MISSING, KD_FILE_UNREADABLE, KD_DATA_ROW (with the line), and what `datasetFromIterable` throws
 */
export function jsonlDataset({ file, ...options }: JsonlOptions): Promise<Dataset> {
  let line = 0;
  const samples = readSamples(file, (now) => (line = now));
  return datasetFromIterable(samples, { ...options, name: file, where: () => `${file} line ${line}` });
}

async function* readSamples(file: string, at: (line: number) => void): AsyncGenerator<Sample> {
  let line = 0;
  for await (const bytes of readLines(file)) {
    at(++line);
    if (bytes.length === 0) continue;
    const sample = parseLine(bytes, file, line);
    if (typeof sample !== 'object' || sample === null || Array.isArray(sample)) throw kdError('KD_DATA_ROW', { where: `${file} line ${line}`, problem: 'it is not one JSON object, { "id": …, "inputs": … }' });
    yield sample as Sample;
  }
}

function parseLine(bytes: Uint8Array, file: string, line: number): unknown {
  try {
    return parseJson(bytes, file, 'JSON line', 40);
  } catch (error) {
    const problem = error instanceof KdError ? String(error.details['problem']) : String(error);
    throw kdError('KD_DATA_ROW', { where: `${file} line ${line}`, problem }, error);
  }
}

/** Lines without their ends; never holds more than one overlong line in memory. */
async function* readLines(file: string): AsyncGenerator<Uint8Array> {
  let parts: Buffer[] = [];
  let length = 0;
  let lines = 0;
  const take = (): Buffer => {
    let whole = Buffer.concat(parts);
    parts = [];
    length = 0;
    if (whole.at(-1) === 0x0d) whole = whole.subarray(0, -1);
    const marked = lines++ === 0 && whole[0] === 0xef && whole[1] === 0xbb && whole[2] === 0xbf;
    return marked ? whole.subarray(3) : whole;
  };
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      let from = 0;
      for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
        parts.push(chunk.subarray(from, end));
        yield take();
        from = end + 1;
      }
      parts.push(chunk.subarray(from));
      length += chunk.length - from;
      if (length > longestLine) throw kdError('KD_DATA_ROW', { where: `${file} line ${lines + 1}`, problem: `it is longer than ${longestLine} bytes` });
    }
  } catch (error) {
    throw error instanceof KdError ? error : readError(file, 'Data file', error);
  }
  if (length > 0) yield take();
}
