import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { kdError, signalKeys } from '@kd/core';
import { largestFloat16, toFloat16Bits } from '../safetensors/float16.ts';
import type { StoredTensor } from '../safetensors/dtypes.ts';
import { openSafetensors } from '../safetensors/read-safetensors.ts';
import { writeSafetensors } from '../safetensors/write-safetensors.ts';
import { fileNameOf } from './file-name.ts';
import { refill, rowsOf, type ShardEntry, type StoredKey, type TeacherEntry } from './store-index.ts';

export interface TeacherWriter {
  /** How many samples, from the first on, are already safe: go on with the one after. */
  readonly rowsDone: number;
  /**
   * Adds the answers for the next `rows` samples. `values[key]` holds `rows × shape` numbers.
   *
   * @throws KD_STORE_VALUE for numbers that the key's dtype cannot hold (not finite, too large, not whole), KD_DISK
   */
  append(rows: number, values: Readonly<Record<string, ArrayLike<number>>>): Promise<void>;
  /** Writes what is left. @throws KD_STORE_INCOMPLETE when answers are missing. KD_DISK */
  finish(): Promise<void>;
  /** Writes what is there, so that a later writer goes on after it. @throws KD_DISK */
  pause(): Promise<void>;
}

export interface WriterInput {
  readonly folder: string;
  readonly name: string;
  readonly entry: TeacherEntry;
  readonly ids: readonly string[];
  /** Writes the store's index durably. */
  readonly save: () => Promise<void>;
}

/**
 * Resumes after the last shard that is whole; a damaged one, and those after it, are written again. All shards but the
 * last are full; one that was cut off by a pause is filled up under the name that it would have had without it.
 */
export function openTeacherWriter({ folder, name, entry, ids, save }: WriterInput): TeacherWriter {
  const damaged = entry.shards.findIndex((shard) => !isWhole(folder, shard));
  if (damaged >= 0) entry.shards.splice(damaged);
  const rowsDone = rowsOf(entry);
  const cut = rowsDone < ids.length && rowsDone % entry.rowsPerShard > 0 ? entry.shards.at(-1) : undefined;
  let done = rowsDone - (cut?.rows ?? 0);
  const room = Math.min(entry.rowsPerShard, ids.length - done);
  const keys = Object.entries(entry.keys).map(([key, spec]) => ({ key, spec, width: widthOf(spec), buffer: bufferFor(spec, room) }));
  if (cut) readBack(join(folder, cut.file), keys);
  let pending = cut?.rows ?? 0;

  const write = async (): Promise<void> => {
    const tensors = Object.fromEntries(keys.map(({ key, spec, width, buffer }): [string, StoredTensor] =>
      [key, { dtype: spec.dtype, shape: [pending, ...spec.shape], data: buffer.subarray(0, pending * width) }]));
    const place = Math.floor(done / entry.rowsPerShard);
    const whole = pending === entry.rowsPerShard || done + pending === ids.length;
    // No file that the index lists is written again; no teacher's file name ends in `.r` and a number.
    const file = `t-${fileNameOf(name)}${whole ? '' : `.r${pending}`}-${String(place).padStart(5, '0')}.safetensors`;
    const written = await writeSafetensors(join(folder, file), { tensors, metadata: { teacher: name, hash: entry.hash, 'first-sample': ids[done]! } });
    const before = entry.shards[place];
    entry.shards[place] = { file, rows: pending, ...written };
    try {
      await save();
    } catch (error) {
      entry.shards.splice(place, 1, ...(before ? [before] : []));
      throw error;
    }
    if (before) await rm(join(folder, before.file), { force: true });
  };

  const flush = async (): Promise<void> => {
    await write();
    done += pending;
    pending = 0;
  };

  return {
    rowsDone,
    async append(rows, values) {
      expectLengths(keys, rows, values);
      if (done + pending + rows > ids.length) throw new RangeError(`${done + pending + rows} answers for ${ids.length} samples`);
      for (const { key, spec, width } of keys) expectValues(name, key, spec, values[key]!, width, ids, done + pending);
      for (let from = 0; from < rows; ) {
        const take = Math.min(rows - from, room - pending);
        for (const { key, spec, width, buffer } of keys) copy(values[key]!, from * width, take * width, buffer, pending * width, spec);
        pending += take;
        from += take;
        if (pending === entry.rowsPerShard) await flush();
      }
    },
    async finish() {
      if (done + pending !== ids.length) throw kdError('KD_STORE_INCOMPLETE', { folder, teacher: name, expected: ids.length, received: done + pending });
      if (pending > 0) await flush();
    },
    async pause() {
      if (pending > 0 && done + pending > rowsOf(entry)) await write();
    },
  };
}

/** The rows of an unfinished shard, as they were stored. */
function readBack(path: string, keys: readonly { readonly key: string; readonly buffer: ShardBuffer }[]): void {
  const shard = openSafetensors(path);
  try {
    for (const { key, buffer } of keys) buffer.set(shard.read(key).data as ShardBuffer);
  } finally {
    shard.close();
  }
}

function isWhole(folder: string, { file, bytes, sha256 }: ShardEntry): boolean {
  try {
    openSafetensors(join(folder, file), { expect: { bytes, sha256, next: refill } }).close();
    return true;
  } catch {
    return false; // missing or damaged either way: asked for again
  }
}

function widthOf({ shape }: StoredKey): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

type ShardBuffer = Uint16Array | Float32Array | Int32Array | Uint8Array;

function bufferFor(spec: StoredKey, rows: number): ShardBuffer {
  const length = rows * widthOf(spec);
  switch (spec.dtype) {
    case 'float16': case 'uint16': return new Uint16Array(length);
    case 'float32': return new Float32Array(length);
    case 'int32': return new Int32Array(length);
    case 'uint8': return new Uint8Array(length);
  }
}

function copy(from: ArrayLike<number>, start: number, count: number, to: ShardBuffer, at: number, { dtype }: StoredKey): void {
  if (dtype === 'float16') for (let i = 0; i < count; i++) to[at + i] = toFloat16Bits(from[start + i]!);
  else for (let i = 0; i < count; i++) to[at + i] = from[start + i]!;
}

/** Where a mass may be zero, its log is -∞; float16 and float32 both have it. */
const logsOfMass: ReadonlySet<string> = new Set([signalKeys.tail, signalKeys.logProbabilities]);

const ranges = { int32: [-(2 ** 31), 2 ** 31 - 1], uint16: [0, 65535], uint8: [0, 255] } as const;

function expectValues(teacher: string, key: string, { dtype }: StoredKey, values: ArrayLike<number>, width: number, ids: readonly string[], first: number): void {
  const [lowest, highest] = dtype === 'float16' ? [-largestFloat16, largestFloat16] : dtype === 'float32' ? [-3.4028235e38, 3.4028235e38] : ranges[dtype];
  const whole = dtype !== 'float16' && dtype !== 'float32';
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value === -Infinity && logsOfMass.has(key) && !whole) continue;
    if (value >= lowest && value <= highest && (!whole || Number.isInteger(value))) continue;
    const problem = Number.isFinite(value) ? `is ${value}, which ${dtype} cannot hold` : `is ${value}`;
    throw kdError('KD_STORE_VALUE', { teacher, key, id: ids[first + Math.floor(i / width)]!, problem });
  }
}

function expectLengths(keys: readonly { key: string; width: number }[], rows: number, values: Readonly<Record<string, ArrayLike<number>>>): void {
  for (const { key, width } of keys) {
    const received = Object.hasOwn(values, key) ? values[key]!.length : 0;
    if (received !== rows * width) throw kdError('KD_DATA_LENGTH', { what: `'${key}' of ${rows} samples`, expected: rows * width, received });
  }
}
