import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expectUniqueIds, kdError } from '@kd/core';
import { diskError } from '../files/disk-error.ts';
import { durableWrite } from '../files/durable-write.ts';
import { makeFolder } from '../files/make-folder.ts';
import { isOurs } from '../files/output-folder.ts';
import { lockFolder } from '../files/run-lock.ts';
import { sweepTemporaryFiles } from '../files/sweep-temporary-files.ts';
import { expectContent, expectTeacher, hashOfIds, idsName, indexName, readIndex, shardPattern, textOfIds, writeIndex, type StoreIndex, type StoredKey, type TeacherEntry } from './store-index.ts';
import { openTeacherWriter, type TeacherWriter } from './write-teacher.ts';

export interface StoreContent {
  /** Names of the transfer set's samples, in the order in which answers will come. */
  readonly ids: readonly string[];
  /** sha256 of what the samples hold, as far as it is known: answers belong to samples, not to names alone. */
  readonly samplesHash: string;
}

export interface StoredTeacher {
  readonly name: string;
  /** Names the teacher's weights and preprocessing. */
  readonly hash: string;
  /** The label space it speaks, and its classes in the order of its outputs. */
  readonly space: string;
  readonly classes: readonly string[];
}

export interface WriterOptions {
  /** Samples a shard; about 32 MiB a shard when left out. */
  readonly rowsPerShard?: number;
  /** Throws away the answers of another version of this teacher, instead of refusing. */
  readonly replace?: boolean;
}

export interface StoreForWriting {
  /**
   * Starts or resumes the answers of one teacher; the others stay as they are.
   *
   * @throws KD_ARGUMENT, KD_STORE_MISMATCH (other answers of this teacher are there), KD_DISK
   */
  writer(teacher: StoredTeacher, keys: Readonly<Record<string, StoredKey>>, options?: WriterOptions): Promise<TeacherWriter>;
  /** Gives the store free for others. What is not in a finished shard is lost, and asked for again on resume. */
  close(): Promise<void>;
}

/**
 * Creates a store of distillation data, or opens one to add to it, for this process alone. The layout: `store.json`
 * (what is there, with hashes; written last), `ids.txt` (one sample a line, in row order) and shards
 * `t-<teacher>-00000.safetensors`, each with one tensor a key.
 *
 * @throws KD_STORE_MISMATCH when the store belongs to other samples, KD_RUN_LOCKED when another process writes it,
 * KD_ARGUMENT, KD_OUTPUT_NOT_OURS, KD_DATA_EMPTY, KD_DATA_DUPLICATE_ID, KD_DATA_ROW (a line break in an id), KD_DISK
 */
export async function createStore(folder: string, content: StoreContent): Promise<StoreForWriting> {
  expectContent(content);
  const { ids, samplesHash } = content;
  expectUsableIds(ids);
  await isOurs(folder, indexName, [idsName]);
  await makeFolder(folder);
  const lock = await lockFolder(folder);
  try {
    await sweepTemporaryFiles(folder);
    const index = await openIndex(folder, ids, samplesHash);
    let saved: Promise<void> = Promise.resolve();
    const save = (): Promise<void> => (saved = saved.catch(() => undefined).then(() => writeIndex(folder, index))); // one at a time
    return {
      async writer(teacher, keys, options = {}) {
        const entry = await entryFor(folder, index, save, teacher, keys, options);
        return openTeacherWriter({ folder, name: teacher.name, entry, ids, save });
      },
      close: () => lock.release(),
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openIndex(folder: string, ids: readonly string[], samplesHash: string): Promise<StoreIndex> {
  const idsHash = hashOfIds(ids);
  if (!(await isOurs(folder, indexName, [idsName]))) {
    const index: StoreIndex = { format: 'kd-distillation-data', version: 1, samples: ids.length, idsHash, samplesHash, teachers: {} };
    await durableWrite(join(folder, idsName), textOfIds(ids));
    await writeIndex(folder, index);
    return index;
  }
  const { index } = readIndex(folder);
  await removeUnlisted(folder, index);
  const mismatch = (what: string, expected: string, received: string): Error => kdError('KD_STORE_MISMATCH', { folder, what, expected, received });
  if (index.samples !== ids.length) throw mismatch('the number of samples', String(ids.length), String(index.samples));
  if (index.idsHash !== idsHash) throw mismatch("the hash of the samples' ids and their order", idsHash, index.idsHash);
  if (index.samplesHash !== samplesHash) throw mismatch("the hash of the samples' content", samplesHash, index.samplesHash);
  return index;
}

async function entryFor(folder: string, index: StoreIndex, save: () => Promise<void>, teacher: StoredTeacher, keys: Readonly<Record<string, StoredKey>>, options: WriterOptions): Promise<TeacherEntry> {
  expectTeacher({ ...teacher, keys, rowsPerShard: options.rowsPerShard });
  const { name, hash, space, classes } = teacher;
  const found = Object.hasOwn(index.teachers, name) ? index.teachers[name]! : undefined;
  const rowsPerShard = options.rowsPerShard ?? found?.rowsPerShard ?? defaultRowsPerShard(keys);
  const wanted: TeacherEntry = { hash, space, classes: [...classes], keys: sortedByName(keys), rowsPerShard, shards: [] };
  if (found) {
    const different = (['hash', 'space', 'classes', 'keys', 'rowsPerShard'] as const).find((part) => JSON.stringify(found[part]) !== JSON.stringify(wanted[part]));
    if (different === undefined) return found;
    if (!options.replace) {
      throw kdError('KD_STORE_MISMATCH', { folder, what: `'${different}' of teacher '${name}'`, expected: JSON.stringify(wanted[different]), received: JSON.stringify(found[different]) });
    }
  }
  index.teachers[name] = wanted;
  await save();
  await removeUnlisted(folder, index);
  return wanted;
}

function sortedByName(keys: Readonly<Record<string, StoredKey>>): TeacherEntry['keys'] {
  const names = Object.keys(keys).sort();
  return Object.fromEntries(names.map((key) => [key, { dtype: keys[key]!.dtype, shape: [...keys[key]!.shape] }]));
}

/** Removes shards that the index does not list: of a replaced teacher, or from before a kill. */
async function removeUnlisted(folder: string, { teachers }: StoreIndex): Promise<void> {
  const listed = new Set(Object.values(teachers).flatMap(({ shards }) => shards.map(({ file }) => file)));
  try {
    for (const name of await readdir(folder)) if (shardPattern.test(name) && !listed.has(name)) await rm(join(folder, name), { force: true });
  } catch (error) {
    throw diskError(folder, error);
  }
}

function defaultRowsPerShard(keys: Readonly<Record<string, StoredKey>>): number {
  const widths = { float16: 2, float32: 4, int32: 4, uint16: 2, uint8: 1 };
  const bytes = Object.values(keys).reduce((sum, { dtype, shape }) => sum + shape.reduce((product, d) => product * d, widths[dtype]), 0);
  return Math.max(1, Math.floor((32 << 20) / Math.max(1, bytes)));
}

function expectUsableIds(ids: readonly string[]): void {
  if (ids.length === 0) throw kdError('KD_DATA_EMPTY', { what: 'The transfer set' });
  expectUniqueIds(ids, 'the transfer set');
  const broken = ids.findIndex((id) => /[\n\r]/.test(id));
  if (broken >= 0) throw kdError('KD_DATA_ROW', { where: `Transfer set row ${broken}`, problem: `its id ${JSON.stringify(ids[broken])} holds a line break` });
}
