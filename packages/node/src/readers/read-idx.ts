import { closeSync } from 'node:fs';
import { kdError } from '@kd/core';
import { openFile, readExactly } from '../files/read-file.ts';

export type IdxArray = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

export interface IdxFile {
  readonly shape: readonly number[];
  readonly data: IdxArray;
}

interface IdxType {
  readonly width: number;
  readonly make: (buffer: ArrayBuffer) => IdxArray;
}

const types: ReadonlyMap<number, IdxType> = new Map<number, IdxType>([
  [0x08, { width: 1, make: (buffer) => new Uint8Array(buffer) }],
  [0x09, { width: 1, make: (buffer) => new Int8Array(buffer) }],
  [0x0b, { width: 2, make: (buffer) => new Int16Array(buffer) }],
  [0x0c, { width: 4, make: (buffer) => new Int32Array(buffer) }],
  [0x0d, { width: 4, make: (buffer) => new Float32Array(buffer) }],
  [0x0e, { width: 8, make: (buffer) => new Float64Array(buffer) }],
]);

/**
 * Reads an IDX file, the format of MNIST and its relatives (http://yann.lecun.com/exdb/mnist): two zero bytes, type,
 * number of dimensions, the dimensions, then the values, all big-endian.
 *
 * @throws KD_FILE_MISSING, KD_FILE_UNREADABLE, KD_FILE_INVALID (another format), KD_FILE_TRUNCATED (shorter or longer
 * than its own header says)
 */
export function readIdx(path: string): IdxFile {
  const file = openFile(path, 'Data file');
  try {
    const head = new Uint8Array(4);
    readExactly(file, path, head, 0);
    if (head[0] === 0x1f && head[1] === 0x8b) throw invalid(path, 'it is compressed; unpack it with gunzip');
    const type = types.get(head[2]!);
    if (head[0] !== 0 || head[1] !== 0 || !type) throw invalid(path, `it starts with the bytes ${[...head].join(' ')}`);
    const rank = head[3]!;
    if (rank < 1 || rank > 8) throw invalid(path, `it has ${rank} dimensions`);
    const dimensions = new Uint8Array(rank * 4);
    readExactly(file, path, dimensions, 4);
    const view = new DataView(dimensions.buffer);
    const shape = Array.from({ length: rank }, (_, i) => view.getUint32(i * 4));
    const start = 4 + rank * 4;
    const expected = start + shape.reduce((product, dimension) => product * dimension, type.width);
    if (file.size !== expected) throw kdError('KD_FILE_TRUNCATED', { file: path, expected, received: file.size });
    const bytes = new Uint8Array(file.size - start);
    readExactly(file, path, bytes, start);
    return { shape, data: type.make(toLittleEndian(bytes, type.width)) };
  } finally {
    closeSync(file.fd);
  }
}

function toLittleEndian(bytes: Uint8Array<ArrayBuffer>, width: number): ArrayBuffer {
  const buffer = Buffer.from(bytes.buffer);
  if (width === 2) buffer.swap16();
  if (width === 4) buffer.swap32();
  if (width === 8) buffer.swap64();
  return bytes.buffer;
}

function invalid(file: string, problem: string): Error {
  return kdError('KD_FILE_INVALID', { file, expected: 'IDX file', problem });
}
