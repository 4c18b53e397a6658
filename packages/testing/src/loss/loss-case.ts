import type { Loss, LossFacts, NamedTensors, StateEntry } from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { normals } from '../numbers.ts';

export const BATCH = 4;
const CLASSES = 5;
/** Classes or dimensions that a loss's options may name in a check. */
export const NAMES: readonly string[] = ['a', 'b', 'c', 'd', 'e'];
const LABELS = [2, 0, 4, 1];
const ROWS = [3, 7, 1, 12];
const SAMPLES = 16;

/** Shapes without the batch, by layer. */
export interface FeatureShapes {
  readonly student?: Readonly<Record<string, readonly number[]>>;
  readonly teacher?: Readonly<Record<string, readonly number[]>>;
}

/** Everything that a loss reads, as tensors. */
export interface LossCase {
  /** `[batch, …]` each: `student`, `teacher`, `labels`, `rows`, `features/student/<layer>`, `features/teacher/<layer>`. */
  readonly batch: Readonly<NamedTensors>;
  readonly state: Readonly<NamedTensors>;
  readonly knobs: Readonly<NamedTensors>;
  /** Names of the state that receives gradients. */
  readonly trainable: readonly string[];
}

/** What the numbers of a case are like. */
export type Flavour = 'ordinary' | 'large' | 'certain' | 'equal' | 'zero features';

/** A layer's shape where none was given. */
const FEATURE = [6];

/** The caller disposes its tensors. */
export function lossCase(loss: Loss, flavour: Flavour, labels: 'classes' | 'values', shapes: FeatureShapes): LossCase {
  return tf.tidy(() => makeCase(loss, flavour, labels, shapes) as unknown as tf.TensorContainer) as unknown as LossCase;
}

function makeCase(loss: Loss, flavour: Flavour, labels: 'classes' | 'values', shapes: FeatureShapes): LossCase {
  const { student: own = [], teacher } = loss.needs?.features ?? { student: [] };
  const shapesOf = (names: readonly string[], given: FeatureShapes['student']) => Object.fromEntries(names.map((name) => [name, given?.[name] ?? FEATURE]));
  const studentFeatures = shapesOf(own, shapes.student);
  const teacherFeatures = shapesOf(teacher?.layers ?? [], shapes.teacher);
  const facts: LossFacts = { classes: CLASSES, names: NAMES, samples: SAMPLES, studentFeatures, teacherFeatures };
  const feature = (purpose: string, shape: readonly number[]): Tensor =>
    flavour === 'zero features' ? tf.zeros([BATCH, ...shape]) : normals(purpose, [BATCH, ...shape], flavour === 'large' ? 50 : 1);
  const batch: NamedTensors = {
    ...logitsOf(flavour),
    labels: labels === 'classes' ? tf.tensor1d(LABELS, 'int32') : normals('labels', [BATCH, CLASSES]),
    rows: tf.tensor1d(ROWS, 'int32'),
  };
  for (const [name, shape] of Object.entries(studentFeatures)) batch[`features/student/${name}`] = feature(`student/${name}`, shape);
  for (const [name, shape] of Object.entries(teacherFeatures)) batch[`features/teacher/${name}`] = feature(`teacher/${name}`, shape);
  const entries = Object.entries(loss.state?.(facts) ?? {});
  const state = Object.fromEntries(entries.map(([name, entry]) => [name, entryOf(name, entry)]));
  const trainable = entries.filter(([, entry]) => entry.trainable).map(([name]) => name);
  const knobs = Object.fromEntries(Object.entries(loss.knobs?.({ step: 3, steps: 100, epoch: 0, epochs: 2 }) ?? {}).map(([name, value]) => [name, tf.scalar(value)]));
  return { batch, state, knobs, trainable };
}

function logitsOf(flavour: Flavour): { student: Tensor2D; teacher: Tensor2D } {
  const peak = (at: (row: number) => number, height: number): Tensor2D => tf.mul(tf.oneHot(tf.tensor1d(LABELS.map((_, row) => at(row) % CLASSES), 'int32'), CLASSES), height);
  switch (flavour) {
    case 'large':
      return { student: edges(0), teacher: edges(1) };
    case 'certain':
      // The student agrees with the teacher on even rows and is sure of another class on odd ones.
      return { student: peak((row) => LABELS[row]! + (row % 2), 200), teacher: peak((row) => LABELS[row]!, 200) };
    case 'equal':
      return { student: normals('logits', [BATCH, CLASSES], 2) as Tensor2D, teacher: normals('logits', [BATCH, CLASSES], 2) as Tensor2D };
    default:
      return { student: normals('student', [BATCH, CLASSES], 1.5) as Tensor2D, teacher: normals('teacher', [BATCH, CLASSES], 1.5) as Tensor2D };
  }
}

/** ±50 in a pattern that differs from row to row. */
function edges(shift: number): Tensor2D {
  return tf.tensor2d(Array.from({ length: BATCH }, (_, row) => Array.from({ length: CLASSES }, (_, c) => ((row + 2 * c + shift) % 3 === 0 ? 50 : -50))));
}

function entryOf(name: string, { shape, initial }: StateEntry): Tensor {
  if (initial === 'zeros') return tf.zeros(shape as number[]);
  if (initial === 'glorot') return normals(`state/${name}`, shape, 0.3);
  if (typeof initial === 'number') return tf.fill(shape as number[], initial);
  if ('values' in initial) return tf.tensor(Float32Array.from(initial.values), shape as number[]);
  const [low, high] = initial.uniform;
  return tf.tidy(() => tf.clipByValue(tf.add(tf.mul(normals(`state/${name}`, shape), (high - low) / 4), (high + low) / 2), low, high));
}

/** Some of a case's samples, in the given order. The caller disposes the new batch. */
export function pick({ batch, ...rest }: LossCase, rows: readonly number[]): LossCase {
  const picked = tf.tidy(() => {
    const indices = tf.tensor1d([...rows], 'int32');
    return Object.fromEntries(Object.entries(batch).map(([name, tensor]) => [name, tf.gather(tensor, indices)]));
  });
  return { ...rest, batch: picked };
}

/** A case whose samples at `rows` have no label. The caller disposes the new labels. */
export function withoutLabels(given: LossCase, rows: readonly number[]): LossCase {
  return { ...given, batch: { ...given.batch, labels: tf.tensor1d(LABELS.map((label, row) => (rows.includes(row) ? -1 : label)), 'int32') as Tensor1D } };
}
