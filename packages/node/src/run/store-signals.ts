import { readdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { KdError, type SignalsRequest, type SignalsWriter, type StoredSignals } from '@kd/core';
import { diskError } from '../files/disk-error.ts';
import { openStore, type Store } from '../store/read-store.ts';
import { createStore, type StoreForWriting } from '../store/write-store.ts';
import { idsName, indexName, shardPattern, type StoredKey } from '../store/store-index.ts';

/** Samples a shard; a run that was killed asks again about at most these. A multiple of what a teacher is asked at once. */
const ROWS_PER_SHARD = 16_384;

/** A teacher's finished answers, when they are there for these samples and this teacher. */
export async function openStoredSignals(folder: string, request: SignalsRequest, warn: (message: string) => void): Promise<StoredSignals | undefined> {
  if (!existsSync(join(folder, indexName))) return undefined;
  let store: Store | undefined;
  try {
    store = openStore(folder);
    const teacher = Object.hasOwn(store.teachers, request.teacher) ? store.teachers[request.teacher] : undefined;
    if (teacher?.complete && teacher.hash === request.fingerprint && store.samplesHash === request.samplesHash && sameIds(store.ids, request.ids)) {
      store.verify(request.teacher);
      const { read } = store;
      return { keys: request.keys, hash: teacher.answersHash, read: (key, rows, out) => read(request.teacher, key, rows, out) };
    }
  } catch (error) {
    store?.close();
    if (!(error instanceof KdError)) throw error;
    warn(error.message);
    return undefined;
  }
  store.close();
  return undefined;
}

/** Starts or resumes a teacher's answers. A store of other samples, or a damaged one, makes room for a new one. */
export async function writeStoredSignals(folder: string, request: SignalsRequest, warn: (message: string) => void): Promise<SignalsWriter> {
  const store = await openForWriting(folder, request, warn);
  const keys = Object.fromEntries(request.keys.map(({ name, shape, dtype }): [string, StoredKey] => [name, { shape, dtype: dtype === 'float32' ? request.precision : dtype }]));
  const teacher = { name: request.teacher, hash: request.fingerprint, space: request.space, classes: request.classes };
  const writer = await store.writer(teacher, keys, { replace: true, rowsPerShard: ROWS_PER_SHARD });
  return {
    rowsDone: writer.rowsDone,
    append: (rows, values) => writer.append(rows.length, values),
    async finish() {
      await writer.finish();
      return (await openStoredSignals(folder, request, warn))!;
    },
    async close() {
      try {
        await writer.pause();
      } finally {
        await store.close();
      }
    },
  };
}

async function openForWriting(folder: string, { ids, samplesHash }: SignalsRequest, warn: (message: string) => void): Promise<StoreForWriting> {
  const content = { ids: Array.from({ length: ids.size }, (_, row) => ids.id(row)), samplesHash };
  try {
    if (!existsSync(join(folder, indexName))) await removeStore(folder);
    return await createStore(folder, content);
  } catch (error) {
    if (!(error instanceof KdError) || !['KD_STORE_MISMATCH', 'KD_FILE_DAMAGED', 'KD_FILE_INVALID', 'KD_FILE_MISSING'].includes(error.code)) throw error;
    if (error.code !== 'KD_STORE_MISMATCH') warn(error.message);
    await removeStore(folder);
    return createStore(folder, content);
  }
}

/**
 * Removes answers that are asked for again, and no other file. The index goes last: when this is cut off, the next run
 * finds it as it was and removes the rest.
 */
async function removeStore(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  try {
    for (const name of await readdir(folder)) if (shardPattern.test(name)) await rm(join(folder, name), { force: true });
    for (const name of [idsName, indexName]) await rm(join(folder, name), { force: true });
  } catch (error) {
    throw diskError(folder, error);
  }
}

function sameIds(stored: readonly string[], ids: SignalsRequest['ids']): boolean {
  return stored.length === ids.size && stored.every((id, row) => id === ids.id(row));
}
