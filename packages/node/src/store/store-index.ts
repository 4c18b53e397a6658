import { join } from 'node:path';
import { z } from 'zod';
import { kdError } from '@kd/core';
import { durableWrite } from '../files/durable-write.ts';
import { sha256 } from '../files/hash.ts';
import { forbiddenKeys } from '../files/parse-json.ts';
import { readWhole } from '../files/read-file.ts';
import { openSealedJson, sealJson } from '../files/sealed-json.ts';
import { shapeProblem } from '../files/shape-problem.ts';

/** The file that lists what a store holds. */
export const indexName: string = 'store.json';
export const idsName: string = 'ids.txt';

/** `t-<teacher>-00000.safetensors`. */
export const shardPattern: RegExp = /^t-[a-z0-9_.-]+-[0-9]{5,}\.safetensors$/;

/** What to do about damage. */
export const refill: string = 'Fill the distillation data again: what comes before the damage is kept.';

/** What is stored under one key for every sample. */
export interface StoredKey {
  readonly dtype: 'float16' | 'float32' | 'int32' | 'uint16' | 'uint8';
  /** Of one sample. */
  readonly shape: readonly number[];
}

export interface ShardEntry {
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

export interface TeacherEntry {
  /** Names the teacher's weights and preprocessing: another hash is another teacher. */
  readonly hash: string;
  readonly space: string;
  readonly classes: readonly string[];
  readonly keys: Readonly<Record<string, StoredKey>>;
  readonly rowsPerShard: number;
  /** Row order; all but the last are full. Grows while the teacher answers. */
  readonly shards: ShardEntry[];
}

export interface StoreIndex {
  readonly format: 'kd-distillation-data';
  readonly version: 1;
  readonly samples: number;
  readonly idsHash: string;
  readonly samplesHash: string;
  readonly teachers: Record<string, TeacherEntry>;
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);
const positive = z.int().min(1);

/** Names of teachers and keys: those that JSON or a tensor file cannot hold as what they are would be lost. */
const name = z.string().refine((given) => !forbiddenKeys.has(given) && given !== '__metadata__', 'a name that is kept for other things');

const teacherShape = {
  hash: z.string().min(1),
  space: z.string(),
  classes: z.array(z.string()),
  keys: z.record(name, z.strictObject({ dtype: z.enum(['float16', 'float32', 'int32', 'uint16', 'uint8']), shape: z.array(count) })),
  rowsPerShard: positive,
  shards: z.array(z.strictObject({ file: z.string().regex(shardPattern), rows: positive, bytes: count, sha256: hash })),
};

const teacherSchema: z.ZodType<TeacherEntry> = z.strictObject(teacherShape).refine(({ rowsPerShard, shards }) => shards.every(({ rows }, i) => (i < shards.length - 1 ? rows === rowsPerShard : rows <= rowsPerShard)), 'shards before the last must be full');

const indexSchema: z.ZodType<StoreIndex> = z.strictObject({
  format: z.literal('kd-distillation-data'),
  version: z.literal(1),
  samples: positive,
  idsHash: hash,
  samplesHash: z.string(),
  teachers: z.record(name, teacherSchema),
}).refine(({ samples, teachers }) => Object.values(teachers).every((teacher) => rowsOf(teacher) <= samples), 'a teacher has more answers than there are samples');

/**
 * Refuses samples that a program wants to write and could not read again.
 *
 * @throws KD_ARGUMENT
 */
export function expectContent(content: unknown): void {
  expectShape('createStore', z.object({ ids: z.array(z.string()), samplesHash: z.string() }), content);
}

/** The same of a teacher. @throws KD_ARGUMENT */
export function expectTeacher(given: Readonly<Record<'name' | 'keys' | 'rowsPerShard', unknown>>): void {
  const { hash: named, space, classes, keys, rowsPerShard } = teacherShape;
  // By its names too: a schema passes over `__proto__`.
  expectShape('writer', z.object({ name, hash: named, space, classes, keys, names: z.array(name), rowsPerShard: rowsPerShard.optional() }), { ...given, names: Object.keys(Object(given.keys) as object) });
}

function expectShape(call: string, schema: z.ZodType, given: unknown): void {
  const { error } = schema.safeParse(given);
  if (error) throw kdError('KD_ARGUMENT', { call, problem: shapeProblem(error) });
}

/** How many samples of a teacher are on the disk. */
export function rowsOf(teacher: TeacherEntry): number {
  return teacher.shards.reduce((sum, shard) => sum + shard.rows, 0);
}

export function hashOfIds(ids: readonly string[]): string {
  return sha256(textOfIds(ids));
}

export function textOfIds(ids: readonly string[]): string {
  return ids.map((id) => `${id}\n`).join('');
}

export async function writeIndex(folder: string, index: StoreIndex): Promise<void> {
  await durableWrite(join(folder, indexName), sealJson(index));
}

/**
 * Reads and checks `store.json` and `ids.txt`.
 *
 * @throws KD_FILE_MISSING, KD_FILE_DAMAGED, KD_FILE_INVALID (of another version)
 */
export function readIndex(folder: string): { index: StoreIndex; ids: readonly string[] } {
  const file = join(folder, indexName);
  const parsed = indexSchema.safeParse(openSealedJson(readWhole(file, 'Distillation data', 1 << 28), file, refill));
  if (!parsed.success) throw kdError('KD_FILE_INVALID', { file, expected: 'index of distillation data, version 1', problem: shapeProblem(parsed.error) });
  const index = parsed.data;
  const idsFile = join(folder, idsName);
  const bytes = readWhole(idsFile, 'List of sample ids');
  if (sha256(bytes) !== index.idsHash) throw kdError('KD_FILE_DAMAGED', { file: idsFile, problem: 'its sha256 is not the recorded one', next: refill });
  const ids = new TextDecoder().decode(bytes).split('\n').slice(0, -1);
  if (ids.length !== index.samples) throw kdError('KD_FILE_DAMAGED', { file: idsFile, problem: `it names ${ids.length} of ${index.samples} samples`, next: refill });
  return { index, ids };
}
