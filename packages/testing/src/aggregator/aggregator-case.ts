import { targetOf, under, type AggregationInput, type Aggregator, type JudgedSignals, type NamedTensors } from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { normals } from '../numbers.ts';

export const CLASSES = 5;
const LABELS = [2, 0, 4, 1];
const JUDGED = 40;

export type Flavour = 'ordinary' | 'agreeing' | 'large' | 'certain';

/** `student` `[batch, classes]`, `labels` `[batch]`, and `teachers/<name>` `[batch, classes]`. The caller disposes it. */
export function aggregatorCase(teachers: readonly string[], flavour: Flavour): NamedTensors {
  return tf.tidy(() => {
    const made: NamedTensors = { student: normals('student', [LABELS.length, CLASSES], 1.5), labels: tf.tensor1d(LABELS, 'int32') };
    teachers.forEach((name, k) => (made[`teachers/${name}`] = logitsOf(flavour, name, k)));
    return made;
  });
}

function logitsOf(flavour: Flavour, name: string, k: number): Tensor2D {
  switch (flavour) {
    case 'agreeing':
      return normals('teachers agree', [LABELS.length, CLASSES], 1.5) as Tensor2D;
    case 'large':
      return tf.tensor2d(LABELS.map((_, row) => Array.from({ length: CLASSES }, (__, c) => ((row + 2 * c + k) % 3 === 0 ? 50 : -50))));
    case 'certain':
      return tf.mul(tf.oneHot(tf.tensor1d(LABELS.map((label) => (label + k) % CLASSES), 'int32'), CLASSES), 200);
    default:
      return normals(`teacher ${name}`, [LABELS.length, CLASSES], 1.5) as Tensor2D;
  }
}

/** The input as the core gives it: the student and gradients only where they are declared. */
export function inputOf({ needs }: Aggregator, made: Readonly<NamedTensors>, order: readonly string[]): AggregationInput {
  const logits = under(made, 'teachers') as Record<string, Tensor2D>;
  const student = made['student'] as Tensor2D;
  const input: AggregationInput = {
    signals: order.map((teacher) => ({ teacher, signal: { kind: 'dense', logits: logits[teacher]! }, logits: logits[teacher]!, view: undefined })),
    classes: CLASSES,
    labels: made['labels'] as Tensor1D,
  };
  if (!needs?.student) return input;
  if (needs.student === 'logits') return { ...input, student };
  return { ...input, student, gradientOf: (k) => tf.sub(tf.softmax(student), targetOf(logits[order[k]!]!).probabilities()) };
}

/** Teachers on labelled samples, each right a little more often than the one before. */
export async function judgedSignals(order: readonly string[], all: readonly string[]): Promise<JudgedSignals> {
  const labels = Int32Array.from({ length: JUDGED }, (_, row) => (row * 7) % CLASSES);
  const teachers = await Promise.all(order.map(async (teacher) => {
    const skill = 1 + all.indexOf(teacher);
    const noise = normals(`judged ${teacher}`, [JUDGED, CLASSES]);
    const logits = Float32Array.from(await noise.data());
    noise.dispose();
    labels.forEach((label, row) => (logits[row * CLASSES + label]! += skill));
    return { teacher, logits, classes: CLASSES };
  }));
  return { labels, classes: CLASSES, teachers };
}
