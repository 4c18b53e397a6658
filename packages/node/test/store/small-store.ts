import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createStore, type StoredTeacher, type StoreForWriting } from '../../src/store/write-store.ts';
import { temporaryFolder } from '../temporary-folder.ts';

export const samples = 23;
export const ids = Array.from({ length: samples }, (_, i) => `bild ${(i * 7) % samples}/ä.png`);
export const content = { ids, samplesHash: 'abc' };
export const low: StoredTeacher = { name: 'low', hash: 'h1', space: 'digit', classes: ['a', 'b', 'c'] };
export const logits = { logits: { dtype: 'float16', shape: [3] } } as const;
export const rowsPerShard = 5;

/** Exact in float16. */
export const answer = (row: number, scale: number): number[] => [row * scale, -row, 0.5 * row];
export const answers = (from: number, to: number, scale: number): Float32Array => Float32Array.from(Array.from({ length: to - from }, (_, i) => answer(from + i, scale)).flat());

/** Writes a teacher's answers a few at a time, and finishes where these are all. */
export async function fill(store: StoreForWriting, teacher: StoredTeacher, scale: number, upTo: number = samples): Promise<void> {
  const writer = await store.writer(teacher, logits, { rowsPerShard });
  for (let from = writer.rowsDone; from < upTo; from += 4) {
    const to = Math.min(from + 4, upTo);
    await writer.append(to - from, { logits: answers(from, to, scale) });
  }
  if (upTo === samples) await writer.finish();
}

/** A folder with all answers of one teacher. */
export async function filled(): Promise<string> {
  const folder = join(temporaryFolder(), 'store');
  const store = await createStore(folder, content);
  await fill(store, low, 1);
  await store.close();
  return folder;
}

/** The bytes of each file in a folder. */
export const filesOf = (folder: string): Record<string, string> => Object.fromEntries(readdirSync(folder).sort().map((name) => [name, readFileSync(join(folder, name)).toString('base64')]));
