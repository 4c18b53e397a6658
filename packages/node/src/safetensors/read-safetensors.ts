import { closeSync } from 'node:fs';
import { kdError } from '@kd/core';
import { readExactly, openFile, type OpenFile } from '../files/read-file.ts';
import { sha256 } from '../files/hash.ts';
import { dtypes, type StoredTensor } from './dtypes.ts';
import { copyRows, type ReadBytes } from './read-rows.ts';
import { headerLength, parseHeader, type TensorEntry } from './safetensors-header.ts';

export interface OpenOptions {
  /** Files up to this many bytes are kept in memory; larger ones are read row by row from the disk. Default 0. */
  readonly keepInMemoryBelow?: number;
  /** What the file must be, byte for byte; checked before a value is believed. Reads the whole file once. */
  readonly expect?: { readonly bytes: number; readonly sha256: string; readonly next: string };
}

/** A safetensors file, open for reading. */
export interface SafetensorsFile {
  /** By name: type, shape and place. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** What the header says besides; text by name. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Whole; else rows are read from the disk. */
  readonly inMemory: boolean;
  /** A whole tensor. */
  read(name: string): StoredTensor;
  /**
   * Writes rows (first dimension) of a tensor into `out` as numbers; float16 is decoded. Row `rows[i]` goes to position
   * `places[i]`, or behind the row before when `places` is left out.
   *
   * @throws KD_ARGUMENT for a row or place that there is not, or a type that has no plain numbers (int64, bfloat16)
   */
  readRows(name: string, rows: ArrayLike<number>, out: Float32Array | Int32Array, places?: ArrayLike<number>): void;
  /** Nothing can be read any more. */
  close(): void;
}

/**
 * Opens a safetensors file. The header is checked against the file's size before anything is allocated.
 *
 * @throws KD_FILE_MISSING, KD_FILE_UNREADABLE, KD_FILE_INVALID, KD_FILE_TRUNCATED, KD_FILE_DAMAGED (not as expected)
 */
export function openSafetensors(path: string, { keepInMemoryBelow = 0, expect }: OpenOptions = {}): SafetensorsFile {
  const file = openFile(path, 'Tensor file');
  let open = true;
  const close = (): void => {
    if (open) closeSync(file.fd);
    open = false;
  };
  try {
    const whole = file.size <= keepInMemoryBelow ? new Uint8Array(file.size) : undefined;
    if (expect) expectSize(path, file.size, expect);
    if (whole) readExactly(file, path, whole, 0);
    if (expect) expectHash(path, whole ?? readPart(file, path, 0, file.size), expect);
    const readBytes: ReadBytes = whole ? (start, end) => whole.subarray(start, end) : (start, end) => readPart(file, path, start, end);
    const length = headerLength(readBytes(0, Math.min(8, file.size)), file.size, path);
    const { tensors, metadata } = parseHeader(readBytes(8, 8 + length), file.size, path);
    if (whole) close();
    const rowsFrom = whole ? new DataView(whole.buffer) : readBytes;
    const entryOf = (name: string): TensorEntry => tensors.get(name) ?? missing(path, name);
    return {
      tensors,
      metadata,
      inMemory: whole !== undefined,
      read(name) {
        const { dtype, shape, start, end } = entryOf(name);
        const bytes = readBytes(start, end).slice();
        return { dtype, shape, data: dtypes[dtype].view(bytes.buffer, 0, bytes.length / dtypes[dtype].width) };
      },
      readRows: (name, rows, out, places) => copyRows(entryOf(name), rows, out, places, rowsFrom),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function readPart(file: OpenFile, path: string, start: number, end: number): Uint8Array {
  const bytes = new Uint8Array(end - start);
  readExactly(file, path, bytes, start);
  return bytes;
}

function expectSize(file: string, size: number, expected: { bytes: number; next: string }): void {
  if (size !== expected.bytes) throw kdError('KD_FILE_DAMAGED', { file, problem: `it is ${size} bytes long, ${expected.bytes} were written`, next: expected.next });
}

function expectHash(file: string, bytes: Uint8Array, expected: { sha256: string; next: string }): void {
  if (sha256(bytes) !== expected.sha256) throw kdError('KD_FILE_DAMAGED', { file, problem: 'its sha256 is not the recorded one', next: expected.next });
}

function missing(file: string, name: string): never {
  throw kdError('KD_FILE_INVALID', { file, expected: 'tensor file for this', problem: `it has no tensor '${name}'` });
}
