import { rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { KdError, type SignalsRequest, type SignalsWriter, type StoredSignals } from '@kd/core';
import { openStore } from '../store/read-store.ts';
import { createStore, type StoreForWriting } from '../store/write-store.ts';
import type { StoredKey } from '../store/store-index.ts';

/** Samples a shard; a run that was cut off asks again about at most these. */
const ROWS_PER_SHARD = 16_384;

/** A teacher's finished answers, when they are there for these samples and this teacher. */
export async function openStoredSignals(folder: string, request: SignalsRequest, warn: (message: string) => void): Promise<StoredSignals | undefined> {
  if (!existsSync(join(folder, 'store.json'))) return undefined;
  try {
    const store = openStore(folder);
    const teacher = store.teachers[request.teacher];
    const fits = teacher?.complete && teacher.hash === request.fingerprint && store.samplesHash === request.samplesHash && sameIds(store.ids, request.ids);
    if (!fits) {
      store.close();
      return undefined;
    }
    return { keys: request.keys, read: (key, rows, out) => store.read(request.teacher, key, rows, out) };
  } catch (error) {
    if (!(error instanceof KdError)) throw error;
    warn(`${error.message}`);
    return undefined;
  }
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
    close: () => store.close(),
  };
}

async function openForWriting(folder: string, { ids, samplesHash }: SignalsRequest, warn: (message: string) => void): Promise<StoreForWriting> {
  const content = { ids: Array.from({ length: ids.size }, (_, row) => ids.id(row)), samplesHash };
  try {
    return await createStore(folder, content);
  } catch (error) {
    if (!(error instanceof KdError) || !['KD_STORE_MISMATCH', 'KD_FILE_DAMAGED', 'KD_FILE_INVALID', 'KD_FILE_MISSING'].includes(error.code)) throw error;
    if (error.code !== 'KD_STORE_MISMATCH') warn(error.message);
    // The folder is inside the run's own and holds nothing but answers that are asked for again.
    await rm(folder, { recursive: true, force: true });
    return createStore(folder, content);
  }
}

function sameIds(stored: readonly string[], ids: SignalsRequest['ids']): boolean {
  return stored.length === ids.size && stored.every((id, row) => id === ids.id(row));
}
