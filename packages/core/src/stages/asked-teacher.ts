import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Dataset } from '../data/dataset.ts';
import { readInputs } from '../data/read-inputs.ts';
import { kdError } from '../errors/kd-error.ts';
import { answer } from '../knowledge/live-source.ts';
import type { Teacher } from '../knowledge/teacher.ts';
import { disposeAll, type NamedTensors } from '../tensor/named-tensors.ts';

/** A teacher that is asked about a data set, and what of its answers is wanted. */
export interface AskedTeacher {
  readonly teacher: Teacher;
  readonly dataset: Dataset;
  /** Layers whose features are wanted. */
  readonly features: readonly string[];
  /** How many of the most likely classes are kept; all when undefined. */
  readonly topK: number | undefined;
}

/** A teacher's answers as numbers, by key. */
export type AnsweredNumbers = Record<string, Float32Array | Int32Array>;

/** The answers for some rows as they are stored: checked, and cut to the top k where that is asked for. The caller's. */
export async function storableAnswers(asked: AskedTeacher, rows: ArrayLike<number>): Promise<NamedTensors> {
  return cutToTop(asked.topK, await wholeAnswers(asked, rows));
}

/** The answers for some rows as the teacher gives them. The caller's. @throws KD_TEACHER_FAILED, KD_TEACHER_SHAPE */
export async function wholeAnswers({ teacher, dataset, features }: AskedTeacher, rows: ArrayLike<number>): Promise<NamedTensors> {
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
export function cutToTop(topK: number | undefined, said: NamedTensors): NamedTensors {
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

/** Reads answers for these rows. @throws KD_TEACHER_NOT_FINITE */
export async function numbersOf({ teacher, dataset }: AskedTeacher, said: Readonly<NamedTensors>, rows: ArrayLike<number>): Promise<AnsweredNumbers> {
  const values: AnsweredNumbers = {};
  for (const [name, tensor] of Object.entries(said)) {
    values[name] = await tensor.data() as Float32Array;
    const bad = name === 'tail' ? -1 : values[name].findIndex((value) => !Number.isFinite(value));
    if (bad < 0) continue;
    const row = rows[Math.floor(bad / (tensor.size / rows.length))]!;
    throw kdError('KD_TEACHER_NOT_FINITE', { teacher: teacher.manifest.id, row, id: dataset.id(row) });
  }
  return values;
}

function expectShape({ manifest: { id, space } }: Teacher, said: Readonly<NamedTensors>, rows: number): void {
  const logits = said['logits'] ?? said['values'];
  if (!logits) return;
  const expected = [rows, space.classes.length];
  if (logits.shape[0] === expected[0] && logits.shape[1] === expected[1]) return;
  throw kdError('KD_TEACHER_SHAPE', { teacher: id, expected, received: logits.shape, space: space.name });
}
