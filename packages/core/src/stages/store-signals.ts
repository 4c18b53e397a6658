import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { kdError } from '../errors/kd-error.ts';
import type { Dataset } from '../data/dataset.ts';
import { readInputs } from '../data/read-inputs.ts';
import { answer } from '../knowledge/live-source.ts';
import type { StoredKey, StoredSignals } from '../knowledge/signal-source.ts';
import type { Teacher, TeacherOutput } from '../knowledge/teacher.ts';
import { Breather } from '../run/breathe.ts';
import { inParts } from '../run/in-parts.ts';
import type { Random } from '../tensor/random.ts';
import { disposeAll, type NamedTensors } from '../tensor/named-tensors.ts';
import type { StageContext } from './stage-context.ts';
import type { SignalsRequest } from './workspace.ts';

/** A divisor of the rows in a file of the store: wherever a run goes on, the teacher is asked the same questions at once. */
const ROWS_AT_ONCE = 512;
/** Samples that a stored teacher is asked about again when its store is opened. */
const PROBED = 8;

/** The teacher's answers for some rows, as they are stored: checked, and cut to the top k where that is asked for. */
async function answersFor(teacher: Teacher, dataset: Dataset, rows: ArrayLike<number>, features: readonly string[], topK: number | undefined): Promise<NamedTensors> {
  return cutToTop(topK, await wholeAnswers(teacher, dataset, rows, features));
}

async function wholeAnswers(teacher: Teacher, dataset: Dataset, rows: ArrayLike<number>, features: readonly string[]): Promise<NamedTensors> {
  const raw = await readInputs(dataset, rows);
  const said = await answer(teacher, raw, features).finally(() => disposeAll(raw));
  try {
    expectShape(teacher, said, rows.length);
    return said;
  } catch (error) {
    disposeAll(said);
    throw error;
  }
}

/** The most likely classes and what is left; takes over the tensors that it is given. */
function cutToTop(topK: number | undefined, said: NamedTensors): NamedTensors {
  const { logits, ...rest } = said;
  if (topK === undefined || !logits || topK >= logits.shape[1]!) return said;
  const cut = tf.tidy(() => {
    const { values, indices } = tf.topk(tf.logSoftmax(logits as Tensor2D), topK);
    const left = tf.sub(1, tf.sum(tf.exp(values), -1));
    return { logProbabilities: values, indices, tail: tf.log(tf.maximum(left, 1e-30)) };
  });
  logits.dispose();
  return { ...rest, ...cut };
}

function expectShape({ manifest: { id, space } }: Teacher, said: Readonly<NamedTensors>, rows: number): void {
  const logits = said['logits'] ?? said['values'];
  if (!logits) return;
  const expected = [rows, space.classes.length];
  if (logits.shape[0] !== expected[0] || logits.shape[1] !== expected[1]) throw kdError('KD_TEACHER_SHAPE', { teacher: id, expected, received: logits.shape, space: space.name });
}

/** Rows that sum to 1 in every sample asked about are probabilities, not logits. */
async function expectLogits({ manifest: { id } }: Teacher, said: Readonly<NamedTensors>, gives: TeacherOutput): Promise<void> {
  const { logits } = said;
  if (!logits || gives !== 'logits') return;
  const looks = tf.tidy(() => {
    const sums = tf.sum(logits, -1);
    return tf.logicalAnd(tf.all(tf.greaterEqual(logits, 0)), tf.all(tf.less(tf.abs(tf.sub(sums, 1)), 1e-3)));
  });
  const [probabilities] = await looks.data();
  looks.dispose();
  if (probabilities) throw kdError('KD_TEACHER_PROBABILITIES', { teacher: id });
}

/** Rows of what is called probabilities must be some. Here they are logarithms, in which what was below 0 counts as 0. */
async function expectProbabilities({ manifest: { id } }: Teacher, said: Readonly<NamedTensors>, gives: TeacherOutput, dataset: Dataset): Promise<void> {
  const { logits } = said;
  if (!logits || gives !== 'probabilities') return;
  const sums = tf.tidy(() => tf.sum(tf.exp(logits), -1));
  const values = await sums.data();
  sums.dispose();
  const bad = values.findIndex((sum) => Math.abs(sum - 1) > 1e-3);
  if (bad >= 0) throw kdError('KD_TEACHER_NOT_PROBABILITIES', { teacher: id, id: dataset.id(bad), sum: String(Number(values[bad]!.toPrecision(4))) });
}

/** What a teacher's store holds a sample of: names, shapes and types, found by asking about one batch. */
export async function storedKeys(teacher: Teacher, dataset: Dataset, features: readonly string[], topK: number | undefined, gives: TeacherOutput): Promise<readonly StoredKey[]> {
  const few = Array.from({ length: Math.min(PROBED, dataset.size) }, (_, row) => row);
  let said = await wholeAnswers(teacher, dataset, few, features);
  try {
    await numbersOf(teacher, said, few, dataset);
    await expectLogits(teacher, said, gives);
    await expectProbabilities(teacher, said, gives, dataset);
    said = cutToTop(topK, said);
    return Object.entries(said).map(([name, tensor]) => ({ name, shape: tensor.shape.slice(1), dtype: tensor.dtype === 'int32' ? 'int32' : 'float32' }));
  } finally {
    disposeAll(said);
  }
}

/**
 * Asks a teacher about every sample and stores its answers, going on where an earlier run was cut off.
 *
 * @param most rows that it is asked about at once
 */
export async function fillStore({ workspace, data, reporter, stop }: StageContext, request: SignalsRequest, teacher: Teacher, features: readonly string[], topK: number | undefined, most: number = ROWS_AT_ONCE): Promise<StoredSignals> {
  const writer = await workspace.writeSignals(request);
  const dataset = data.train;
  const breather = new Breather();
  const report = (done: number): void => reporter.progress?.({ stage: 'distillation-data', unit: teacher.manifest.id, done, total: dataset.size, what: 'samples' });
  try {
    for (let start = writer.rowsDone; start < dataset.size; start += ROWS_AT_ONCE) {
      stop.check(start);
      const rows = Int32Array.from({ length: Math.min(ROWS_AT_ONCE, dataset.size - start) }, (_, i) => start + i);
      await writer.append(rows, await readAnswers(teacher, dataset, rows, features, topK, most));
      if (!breather.due) continue;
      report(start + rows.length);
      await breather.breathe();
    }
    report(dataset.size);
    return await writer.finish();
  } finally {
    await writer.close();
  }
}

/** The answers as numbers, all of them finite. */
async function readAnswers(teacher: Teacher, dataset: Dataset, rows: Int32Array, features: readonly string[], topK: number | undefined, most: number): Promise<Record<string, Float32Array | Int32Array>> {
  const all: Record<string, Float32Array | Int32Array> = {};
  await inParts(rows.length, most, async (start, end) => {
    const said = await answersFor(teacher, dataset, rows.subarray(start, end), features, topK);
    try {
      const values = await numbersOf(teacher, said, rows.subarray(start, end), dataset);
      for (const [name, part] of Object.entries(values)) {
        const width = part.length / (end - start);
        const whole = (all[name] ??= part instanceof Int32Array ? new Int32Array(width * rows.length) : new Float32Array(width * rows.length));
        whole.set(part, width * start);
      }
    } finally {
      disposeAll(said);
    }
  });
  return all;
}

async function numbersOf(teacher: Teacher, said: Readonly<NamedTensors>, rows: ArrayLike<number>, dataset: Dataset): Promise<Record<string, Float32Array | Int32Array>> {
  const values: Record<string, Float32Array | Int32Array> = {};
  for (const [name, tensor] of Object.entries(said)) {
    values[name] = await tensor.data() as Float32Array;
    const bad = name === 'tail' ? -1 : values[name].findIndex((value) => !Number.isFinite(value));
    if (bad < 0) continue;
    const row = rows[Math.floor(bad / (tensor.size / rows.length))]!;
    throw kdError('KD_TEACHER_NOT_FINITE', { teacher: teacher.manifest.id, row, id: dataset.id(row) });
  }
  return values;
}

/** Proves that store, teacher and samples belong together: asks about a few samples again. */
export async function probeStore(store: StoredSignals, teacher: Teacher, dataset: Dataset, features: readonly string[], topK: number | undefined, random: Random, precision: 'float16' | 'float32'): Promise<void> {
  const rows = random.stream(`probe/${teacher.manifest.id}`).permutation(dataset.size).slice(0, PROBED);
  const said = await answersFor(teacher, dataset, rows, features, topK);
  const tolerance = precision === 'float16' ? 2e-3 : 1e-4;
  try {
    for (const { name, dtype } of store.keys) {
      if (dtype === 'int32' || name === 'tail') continue;
      const now = await said[name]!.data();
      const then = new Float32Array(now.length);
      store.read(name, rows, then);
      const width = now.length / rows.length;
      const bad = then.findIndex((value, i) => Math.abs(value - now[i]!) > tolerance * Math.max(1, Math.abs(now[i]!)));
      if (bad >= 0) throw kdError('KD_TEACHER_CHANGED', { teacher: teacher.manifest.id, id: dataset.id(rows[Math.floor(bad / width)]!), stored: String(then[bad]), answered: String(now[bad]) });
    }
  } finally {
    disposeAll(said);
  }
}
