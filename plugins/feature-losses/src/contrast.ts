import * as tf from '@tensorflow/tfjs-core';
import { stopGradient } from '@kd/core';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { normalise } from './normalise.ts';

const EPSILON = 1e-7;

export interface ContrastInput {
  /** The student's embeddings, of length 1, `[batch, dimensions]`. */
  readonly student: Tensor2D;
  readonly teacher: Tensor2D;
  /** The last embedding of each sample of the data set, `[samples, dimensions]`. */
  readonly memory: { readonly student: Tensor2D; readonly teacher: Tensor2D };
  /** Which sample each row is, int32 `[batch]`. */
  readonly rows: Tensor1D;
  /** Samples to be told apart from, int32 `[batch, negatives]`. */
  readonly negatives: Tensor2D;
  /** What the student's and the teacher's scores are divided by, `[2]`; 0 where it is not known yet. */
  readonly normalisers: Tensor1D;
  readonly temperature: number;
}

/**
 * The noise-contrastive loss of both sides, each against the memory of the other:
 * `−log(o₀ / (o₀ + c)) − Σ_k log(c / (o_k + c))` with `o = exp(⟨v, memory⟩ / τ) / Z` and `c = negatives / samples`.
 * `Z` is set by the first batch to the mean of all scores times the number of samples, and kept.
 *
 * @returns `perSample` `[batch]` and the normalisers `[2]` as they are from here on
 */
export function contrast({ student, teacher, memory, rows, negatives, normalisers, temperature }: ContrastInput): { readonly perSample: Tensor1D; readonly normalisers: Tensor1D } {
  const candidates = tf.concat([tf.expandDims(rows, 1), negatives], 1) as Tensor2D;
  const [knownStudent, knownTeacher] = tf.unstack(normalisers) as [Scalar, Scalar];
  const ofStudent = oneSide(student, memory.teacher, candidates, knownStudent, temperature);
  const ofTeacher = oneSide(teacher, memory.student, candidates, knownTeacher, temperature);
  return { perSample: tf.add(ofStudent.perSample, ofTeacher.perSample), normalisers: tf.stack([ofStudent.normaliser, ofTeacher.normaliser]) as Tensor1D };
}

function oneSide(embeddings: Tensor2D, memory: Tensor2D, candidates: Tensor2D, known: Scalar, temperature: number): { readonly perSample: Tensor1D; readonly normaliser: Scalar } {
  const samples = memory.shape[0];
  const count = candidates.shape[1] - 1;
  const remembered = tf.gather(memory, candidates) as Tensor as Tensor3D;
  const products = tf.matMul(remembered, tf.expandDims(embeddings, 2) as Tensor3D);
  const powers = tf.exp(tf.div(tf.squeeze(products, [2]), temperature)) as Tensor2D;
  const estimate = tf.mul(tf.mean(stopGradient(powers)), samples);
  const normaliser = tf.where(tf.greater(known, 0), known, estimate) as Scalar;
  const scores = tf.div(powers, normaliser);
  const own = tf.squeeze(tf.slice(scores, [0, 0], [-1, 1]), [1]);
  const others = tf.slice(scores, [0, 1], [-1, count]);
  const noise = count / samples;
  const right = tf.sub(tf.log(own), tf.log(tf.add(own, noise + EPSILON)));
  const apart = tf.sub(count * Math.log(noise), tf.sum(tf.log(tf.add(others, noise + EPSILON)), 1));
  return { perSample: tf.neg(tf.add(right, apart)) as Tensor1D, normaliser };
}

/** The memory after these rows came by: `normalise(momentum · old + (1 − momentum) · new)`; the mean where one comes twice. */
export function remember(memory: Tensor2D, rows: Tensor1D, embeddings: Tensor2D, momentum: number): Tensor2D {
  const places = tf.expandDims(rows, 1);
  const old = tf.gather(memory, rows) as Tensor2D;
  const fresh = normalise(tf.add(tf.mul(old, momentum), tf.mul(embeddings, 1 - momentum)));
  const times = tf.gather(tf.scatterND(places, tf.onesLike(tf.cast(rows, 'float32')), [memory.shape[0]]), rows);
  const changes = tf.div(tf.sub(fresh, old), tf.expandDims(times, 1));
  return tf.add(memory, tf.scatterND(places, changes, memory.shape));
}
