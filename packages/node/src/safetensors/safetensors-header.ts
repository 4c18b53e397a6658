import { kdError } from '@kd/core';
import { parseJson } from '../files/parse-json.ts';
import { dtypeOfTag, dtypes, type StoredDtype } from './dtypes.ts';

export interface TensorEntry {
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  /** Where the values start and end, in bytes from the start of the file. */
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

const largestHeader = 100_000_000;

/** Reads the 8 bytes that say how long the header is, against the size of the file. */
export function headerLength(first: Uint8Array, size: number, file: string): number {
  if (first.length < 8) throw kdError('KD_FILE_TRUNCATED', { file, expected: 8, received: size });
  const length = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(largestHeader)) throw invalid(file, `its header claims ${length} bytes`);
  if (Number(length) > size - 8) throw kdError('KD_FILE_TRUNCATED', { file, expected: 8 + Number(length), received: size });
  return Number(length);
}

/**
 * Checks a header against the size of its file: known types, whole shapes, and values that cover the rest of the file
 * without gap or overlap. Nothing is allocated on the header's word.
 *
 * @throws KD_FILE_INVALID, KD_FILE_TRUNCATED
 */
export function parseHeader(json: Uint8Array, size: number, file: string): SafetensorsHeader {
  const parsed = parseJson(json, file, 'safetensors file', 8);
  if (!isObject(parsed)) throw invalid(file, 'its header is no object');
  const dataStart = 8 + json.length;
  const tensors = new Map<string, TensorEntry>();
  let metadata: Readonly<Record<string, string>> = {};
  for (const [name, entry] of Object.entries(parsed)) {
    if (name === '__metadata__') metadata = metadataOf(entry, file);
    else tensors.set(name, entryOf(name, entry, dataStart, file));
  }
  let end = dataStart;
  for (const [name, entry] of [...tensors].sort(([, a], [, b]) => a.start - b.start || a.end - b.end)) {
    if (entry.start !== end) throw invalid(file, `tensor '${name}' ${entry.start < end ? 'overlaps another' : 'leaves a gap before it'}`);
    end = entry.end;
  }
  if (end > size) throw kdError('KD_FILE_TRUNCATED', { file, expected: end, received: size });
  if (end < size) throw invalid(file, `${size - end} bytes follow its last tensor`);
  return { tensors, metadata };
}

function entryOf(name: string, entry: unknown, dataStart: number, file: string): TensorEntry {
  const { dtype: tag, shape, data_offsets: offsets, ...rest } = isObject(entry) ? entry : {};
  const dtype = dtypeOfTag(tag);
  if (!dtype) throw invalid(file, `tensor '${name}' has the unknown type ${JSON.stringify(tag)}`);
  if (!isWholeNumbers(shape)) throw invalid(file, `tensor '${name}' has the shape ${JSON.stringify(shape)}`);
  if (!isWholeNumbers(offsets) || offsets.length !== 2) throw invalid(file, `tensor '${name}' lies at ${JSON.stringify(offsets)}`);
  if (Object.keys(rest).length > 0) throw invalid(file, `tensor '${name}' has the unknown key '${Object.keys(rest)[0]!}'`);
  const bytes = shape.reduce((product, dimension) => product * dimension, dtypes[dtype].width);
  const [from, to] = offsets as [number, number];
  if (to - from !== bytes) throw invalid(file, `tensor '${name}' takes ${to - from} bytes, but ${dtype} [${shape.join(', ')}] is ${bytes}`);
  return { dtype, shape, start: dataStart + from, end: dataStart + to };
}

function metadataOf(entry: unknown, file: string): Readonly<Record<string, string>> {
  if (!isObject(entry) || Object.values(entry).some((value) => typeof value !== 'string')) throw invalid(file, 'its metadata is no map of strings');
  return entry as Record<string, string>;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWholeNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((number) => Number.isSafeInteger(number) && (number as number) >= 0);
}

function invalid(file: string, problem: string): Error {
  return kdError('KD_FILE_INVALID', { file, expected: 'safetensors file', problem });
}
