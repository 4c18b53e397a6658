import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { kdError } from '@kd/core';
import { openSafetensors } from '../safetensors/read-safetensors.ts';
import { writeSafetensors } from '../safetensors/write-safetensors.ts';
import { expectLengths, expectRoom, expectStorable } from './expect-storable.ts';
import { fileNameOf } from './file-name.ts';
import { columnsFor, fillColumn, readBack, tensorsIn } from './shard-columns.ts';
import { refill, rowsOf, type ShardEntry, type TeacherEntry } from './store-index.ts';

export interface TeacherWriter {
  /** How many samples, from the first on, are already safe: go on with the one after. */
  readonly rowsDone: number;
  /**
   * Adds the answers for the next `rows` samples. `values[key]` holds `rows × shape` numbers.
   *
   * @throws KD_STORE_VALUE for numbers that the key's dtype cannot hold (not finite, too large, not whole), KD_DATA_LENGTH for too few
   * or too many, KD_DISK
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
  const columns = columnsFor(entry.keys, room);
  if (cut) readBack(join(folder, cut.file), columns);
  let pending = cut?.rows ?? 0;

  const write = async (): Promise<void> => {
    const place = Math.floor(done / entry.rowsPerShard);
    const whole = pending === entry.rowsPerShard || done + pending === ids.length;
    // No file that the index lists is written again; no teacher's file name ends in `.r` and a number.
    const file = `t-${fileNameOf(name)}${whole ? '' : `.r${pending}`}-${String(place).padStart(5, '0')}.safetensors`;
    const written = await writeSafetensors(join(folder, file), { tensors: tensorsIn(columns, pending), metadata: { teacher: name, hash: entry.hash, 'first-sample': ids[done]! } });
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
      expectLengths(columns, rows, values);
      expectRoom(name, columns, done + pending + rows, ids.length);
      const first = done + pending;
      for (const column of columns) expectStorable(name, column, values[column.key]!, (sample) => ids[first + sample]!);
      for (let from = 0; from < rows; ) {
        const take = Math.min(rows - from, room - pending);
        for (const column of columns) fillColumn(column, values[column.key]!, from, take, pending);
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

function isWhole(folder: string, { file, bytes, sha256 }: ShardEntry): boolean {
  try {
    openSafetensors(join(folder, file), { expect: { bytes, sha256, next: refill } }).close();
    return true;
  } catch {
    return false; // missing or damaged either way: asked for again
  }
}
