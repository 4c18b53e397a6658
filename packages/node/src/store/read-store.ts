import { join } from 'node:path';
import { kdError, sizeOf } from '@kd/core';
import { sha256 as hashOf } from '../files/hash.ts';
import { openSafetensors, type SafetensorsFile } from '../safetensors/read-safetensors.ts';
import { readIndex, refill, rowsOf, type ShardEntry, type StoredKey, type TeacherEntry } from './store-index.ts';

export interface StoreOptions {
  /** Shards are kept in memory up to this many bytes in all; the rest is read from the disk. Default 1 GiB. */
  readonly memory?: number;
}

/** What a store has of one teacher. */
export interface StoreTeacher {
  /** Of what was asked, as the run that filled the store knew it. */
  readonly hash: string;
  /** The label space that it spoke. */
  readonly space: string;
  /** In the order of its answers. */
  readonly classes: readonly string[];
  /** What is stored of each answer. */
  readonly keys: Readonly<Record<string, StoredKey>>;
  /** How many samples it has answered, from the first on. */
  readonly rows: number;
  /** It has answered every sample. */
  readonly complete: boolean;
  /** Of all its answers. */
  readonly answersHash: string;
}

/** Distillation data, open for reading: answers of teachers by sample id. */
export interface Store {
  readonly folder: string;
  /** Sample ids in row order. */
  readonly ids: readonly string[];
  /** Of the samples that were asked about. */
  readonly samplesHash: string;
  /** By name. */
  readonly teachers: Readonly<Record<string, StoreTeacher>>;
  /** The row of a sample. @throws KD_STORE_ID_UNKNOWN */
  rowOf(id: string): number;
  /**
   * Writes one key of one teacher for some samples (ids or rows) into `out`, sample after sample. A shard's size and
   * sha256 are checked before its first value is used.
   *
   * @throws KD_STORE_TEACHER_UNKNOWN, KD_STORE_KEY_UNKNOWN, KD_STORE_ID_UNKNOWN, KD_STORE_INCOMPLETE, KD_FILE_MISSING,
   * KD_FILE_DAMAGED, KD_ARGUMENT (a row that there is not, or an `out` that is too short)
   */
  read(teacher: string, key: string, samples: ArrayLike<string> | ArrayLike<number>, out: Float32Array | Int32Array): void;
  /** Checks every shard now, or those of one teacher. @throws KD_FILE_MISSING, KD_FILE_DAMAGED */
  verify(teacher?: string): void;
  /** Frees what is kept in memory. */
  close(): void;
}

/**
 * Opens a store of distillation data for reading. The index is checked now, each shard before its first use.
 *
 * @throws KD_FILE_MISSING, KD_FILE_DAMAGED, KD_FILE_INVALID
 */
export function openStore(folder: string, { memory = 1 << 30 }: StoreOptions = {}): Store {
  const { index, ids } = readIndex(folder);
  const rowOfId = new Map(ids.map((id, row) => [id, row]));
  const open = new Map<string, SafetensorsFile>();
  let free = memory;
  const shardOf = (entry: TeacherEntry, { file, rows, bytes, sha256 }: ShardEntry): SafetensorsFile => {
    let shard = open.get(file);
    if (!shard) {
      const opened = openSafetensors(join(folder, file), { keepInMemoryBelow: free, expect: { bytes, sha256, next: refill } });
      expectShapes(opened, entry, rows, join(folder, file));
      if (opened.inMemory) free -= bytes;
      open.set(file, (shard = opened));
    }
    return shard;
  };
  const teacherOf = (name: string): TeacherEntry => {
    if (Object.hasOwn(index.teachers, name)) return index.teachers[name]!;
    throw kdError('KD_STORE_TEACHER_UNKNOWN', { folder, teacher: name, known: Object.keys(index.teachers) });
  };
  const rowOf = (id: string): number => rowOfId.get(id) ?? unknownId(folder, id);
  const teachers = Object.fromEntries(Object.entries(index.teachers).map(([name, entry]) => {
    const { hash, space, classes, keys } = entry;
    return [name, { hash, space, classes, keys, rows: rowsOf(entry), complete: rowsOf(entry) === index.samples, answersHash: hashOf(entry.shards.map((shard) => shard.sha256).join('\n')) }];
  }));
  return {
    folder,
    ids,
    samplesHash: index.samplesHash,
    teachers,
    rowOf,
    read(name, key, samples, out) {
      const entry = teacherOf(name);
      if (!Object.hasOwn(entry.keys, key)) throw kdError('KD_STORE_KEY_UNKNOWN', { folder, teacher: name, key, known: Object.keys(entry.keys) });
      const width = sizeOf(entry.keys[key]!);
      if (!(out.length >= samples.length * width)) refuse(`${samples.length} samples of ${width} values do not fit into ${out.length}`);
      const answered = rowsOf(entry);
      const parts = new Map<number, { rows: number[]; places: number[] }>();
      for (let i = 0; i < samples.length; i++) {
        const sample = samples[i]!;
        const row = typeof sample === 'string' ? rowOf(sample) : sample;
        if (!(Number.isInteger(row) && row >= 0 && row < ids.length)) refuse(`row ${row} of a store with ${ids.length} samples`);
        if (row >= answered) throw kdError('KD_STORE_INCOMPLETE', { folder, teacher: name, expected: index.samples, received: answered });
        const shard = Math.floor(row / entry.rowsPerShard);
        let part = parts.get(shard);
        if (!part) parts.set(shard, (part = { rows: [], places: [] }));
        part.rows.push(row - shard * entry.rowsPerShard);
        part.places.push(i * width);
      }
      for (const [shard, { rows, places }] of parts) shardOf(entry, entry.shards[shard]!).readRows(key, rows, out, places);
    },
    verify(teacher) {
      const entries = teacher === undefined ? Object.values(index.teachers) : [teacherOf(teacher)];
      for (const entry of entries) for (const shard of entry.shards) shardOf(entry, shard);
    },
    close() {
      for (const shard of open.values()) shard.close();
      open.clear();
    },
  };
}

function refuse(problem: string): never {
  throw kdError('KD_ARGUMENT', { call: 'read of distillation data', problem });
}

function unknownId(folder: string, id: string): never {
  throw kdError('KD_STORE_ID_UNKNOWN', { folder, id });
}

function expectShapes(shard: SafetensorsFile, { keys }: TeacherEntry, rows: number, file: string): void {
  for (const [key, { dtype, shape }] of Object.entries(keys)) {
    const found = shard.tensors.get(key);
    if (found?.dtype === dtype && found.shape.join() === [rows, ...shape].join()) continue;
    shard.close();
    throw kdError('KD_FILE_DAMAGED', { file, problem: `its '${key}' is not ${dtype} [${[rows, ...shape].join(', ')}]`, next: refill });
  }
}
