import * as tf from '@tensorflow/tfjs-core';
import { kdError } from '../errors/kd-error.ts';
import type { StoredKey } from '../knowledge/signal-source.ts';
import type { TeacherOutput } from '../knowledge/teacher.ts';
import { disposeAll, type NamedTensors } from '../tensor/named-tensors.ts';
import { cutToTop, numbersOf, wholeAnswers, type AskedTeacher } from './asked-teacher.ts';

/** Samples that a teacher is asked about before anything is stored. */
const FEW = 8;
/** By how much the probabilities of a sample may miss a sum of 1. */
const TOLERANCE = 1e-3;

/**
 * What a teacher's store holds a sample of: names, shapes and types, found by asking about a few samples.
 *
 * @param gives what the config says that its numbers are
 * @throws KD_TEACHER_NOT_FINITE, KD_TEACHER_PROBABILITIES, KD_TEACHER_NOT_PROBABILITIES, and what `wholeAnswers` throws
 */
export async function storedKeys(asked: AskedTeacher, gives: TeacherOutput): Promise<readonly StoredKey[]> {
  const few = Array.from({ length: Math.min(FEW, asked.dataset.size) }, (_, row) => row);
  let said = await wholeAnswers(asked, few);
  try {
    await numbersOf(asked, said, few);
    if (gives === 'logits') await expectLogits(asked, said);
    if (gives === 'probabilities') await expectProbabilities(asked, said);
    said = cutToTop(asked.topK, said);
    return Object.entries(said).map(([name, tensor]) => ({ name, shape: tensor.shape.slice(1), dtype: tensor.dtype === 'int32' ? 'int32' : 'float32' }));
  } finally {
    disposeAll(said);
  }
}

/** Rows that sum to 1 in every sample asked about are probabilities, not logits. */
async function expectLogits({ teacher: { manifest } }: AskedTeacher, { logits }: Readonly<NamedTensors>): Promise<void> {
  if (!logits) return;
  const looks = tf.tidy(() => {
    const sums = tf.sum(logits, -1);
    return tf.logicalAnd(tf.all(tf.greaterEqual(logits, 0)), tf.all(tf.less(tf.abs(tf.sub(sums, 1)), TOLERANCE)));
  });
  const [probabilities] = await looks.data();
  looks.dispose();
  if (probabilities) throw kdError('KD_TEACHER_PROBABILITIES', { teacher: manifest.id });
}

/** Rows of what is called probabilities must be some. Here they are logarithms, in which what was below 0 counts as 0. */
async function expectProbabilities({ teacher: { manifest }, dataset }: AskedTeacher, { logits }: Readonly<NamedTensors>): Promise<void> {
  if (!logits) return;
  const sums = tf.tidy(() => tf.sum(tf.exp(logits), -1));
  const values = await sums.data();
  sums.dispose();
  const bad = values.findIndex((sum) => Math.abs(sum - 1) > TOLERANCE);
  if (bad < 0) return;
  throw kdError('KD_TEACHER_NOT_PROBABILITIES', { teacher: manifest.id, id: dataset.id(bad), sum: String(Number(values[bad]!.toPrecision(4))) });
}
