import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D, Tensor } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../tensor/named-tensors.ts';

/** One logit a class. */
export interface DenseSignal {
  readonly kind: 'dense';
  /** `[batch, classes]` */
  readonly logits: Tensor2D;
}

/** The teacher's k most likely classes at T = 1, and what is left for all the others together. */
export interface SparseSignal {
  readonly kind: 'sparse';
  /** Class indices, int32 `[batch, k]`. */
  readonly indices: Tensor2D;
  /** `[batch, k]` */
  readonly logProbabilities: Tensor2D;
  /** Log of the mass of all other classes, `[batch]`; -∞ when nothing is left. */
  readonly tail: Tensor1D;
}

/** The numbers of a regression teacher. */
export interface ValuesSignal {
  readonly kind: 'values';
  /** `[batch, dimensions]` */
  readonly values: Tensor2D;
}

/** What one teacher gives for one batch. A stored and a live teacher look the same. */
export type Signal = DenseSignal | SparseSignal | ValuesSignal;

/** Names under which a teacher's tensors walk through stores and batches. */
export const signalKeys = { logits: 'logits', values: 'values', indices: 'indices', logProbabilities: 'logProbabilities', tail: 'tail', features: 'features' } as const;

/** Reads a signal from a teacher's named tensors; undefined when it gives features only. */
export function signalOf(tensors: Readonly<NamedTensors>): Signal | undefined {
  const { logits, values, indices, logProbabilities, tail } = tensors as Record<string, Tensor | undefined>;
  if (logits) return { kind: 'dense', logits: logits as Tensor2D };
  if (values) return { kind: 'values', values: values as Tensor2D };
  if (indices && logProbabilities && tail) {
    return { kind: 'sparse', indices: indices as Tensor2D, logProbabilities: logProbabilities as Tensor2D, tail: tf.reshape(tail, [-1]) };
  }
  return undefined;
}

/**
 * A sparse signal as log-probabilities over every class: the tail is spread evenly over the classes that are not listed.
 * An approximation, needed where several sparse teachers are mixed; a single one is compared exactly (`sparse-view.ts`).
 *
 * @returns `[batch, classes]`
 */
export function densify(signal: SparseSignal, classes: number): Tensor2D {
  const [batch, k] = signal.indices.shape;
  const listed = tf.oneHot(tf.cast(signal.indices, 'int32'), classes) as Tensor;
  const rest = Math.max(1, classes - k);
  const spread = tf.sub(tf.reshape(signal.tail, [batch, 1]), Math.log(rest));
  const isListed = tf.sum(listed, 1);
  const values = tf.sum(tf.mul(listed, tf.expandDims(signal.logProbabilities, 2)), 1);
  return tf.where(tf.greater(isListed, 0), values, tf.maximum(tf.add(spread, tf.zerosLike(values)), -1e4)) as Tensor2D;
}
