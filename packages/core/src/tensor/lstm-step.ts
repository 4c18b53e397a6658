import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

/** What bounds the gates; the hard one is `0.2 · z + 0.5`, cut off at 0 and 1. */
export type LstmGate = 'sigmoid' | 'hardSigmoid';

const parts = ['given', 'gates', 'candidate', 'cell', 'squashed'] as const;

/**
 * What a step went through, in rows of `batch` numbers, so that a gate is one run of memory: what it was given, which is
 * its input, the hidden state before it and a row of ones, `[features + units + 1, batch]`; the gates input, forget and
 * output, `[3 · units, batch]`; the candidate, the cell, and the cell squashed by tanh, `[units, batch]` each.
 */
export type LstmStep = Readonly<Record<(typeof parts)[number], Tensor2D>>;

/** Steps as a list of tensors. */
export function listOf(steps: readonly LstmStep[]): Tensor2D[] {
  return steps.flatMap((step) => parts.map((part) => step[part]));
}

/** The way back. */
export function stepsIn(list: readonly Tensor2D[]): LstmStep[] {
  const { length } = parts;
  return Array.from({ length: list.length / length }, (_, t) => Object.fromEntries(parts.map((part, i) => [part, list[t * length + i]])) as LstmStep);
}

/**
 * @param weights what all gates, then the candidate, make of what is given, `[4 · units, features + units + 1]`
 * @param before the cell before the step; undefined stands for 0
 */
export function lstmStep(weights: Tensor2D, given: Tensor2D, before: Tensor2D | undefined, gate: LstmGate): LstmStep & { readonly hidden: Tensor2D } {
  const [rows, batch] = [weights.shape[0], given.shape[1]];
  const bounded = (rows / 4) * 3;
  const z: Tensor2D = tf.matMul(weights, given);
  const gates = bound(tf.slice(z, [0, 0], [bounded, batch]), gate);
  const candidate = tf.tanh<Tensor2D>(tf.slice(z, [bounded, 0], [rows - bounded, batch]));
  const [input, forget, output] = inThree(gates);
  const fresh = tf.mul<Tensor2D>(input, candidate);
  const cell = before ? tf.add<Tensor2D>(fresh, tf.mul(forget, before)) : fresh;
  const squashed = tf.tanh<Tensor2D>(cell);
  return { given, gates, candidate, cell, squashed, hidden: tf.mul(output, squashed) };
}

/** The derivatives of a step's results by what it computed before them. All are `[units, batch]`. */
export interface LstmSlopes {
  /** The hidden state's, by the cell */
  readonly ofCell: Tensor2D;
  /** By each part of the product with the weights, in order: the cell's, of the output gate the hidden state's. */
  readonly ofProduct: readonly [input: Tensor2D, forget: Tensor2D, output: Tensor2D, candidate: Tensor2D];
  /** The cell's, by the cell before */
  readonly ofBefore: Tensor2D;
}

/** @param before the cell before the step; undefined stands for 0 */
export function lstmSlopes({ gates, candidate, squashed }: LstmStep, before: Tensor2D | undefined, gate: LstmGate): LstmSlopes {
  const [input, forget, output] = inThree(gates);
  const met = tf.concat([candidate, before ?? tf.zerosLike(candidate), squashed]);
  return { ofCell: throughTanh(squashed, output), ofProduct: [...inThree(throughGate(gates, met, gate)), throughTanh(candidate, input)], ofBefore: forget };
}

function inThree(gates: Tensor2D): [input: Tensor2D, forget: Tensor2D, output: Tensor2D] {
  return tf.split(gates, 3) as [Tensor2D, Tensor2D, Tensor2D];
}

function bound(z: Tensor2D, gate: LstmGate): Tensor2D {
  return gate === 'sigmoid' ? tf.sigmoid(z) : tf.clipByValue(tf.add(tf.mul(z, 0.2), 0.5), 0, 1);
}

function throughGate(y: Tensor2D, dy: Tensor2D, gate: LstmGate): Tensor2D {
  if (gate === 'sigmoid') return through(tf.Sigmoid, y, dy);
  const inside = tf.step(tf.sub(y, tf.square(y)));
  return tf.mul(tf.mul(dy, 0.2), inside);
}

function throughTanh(y: Tensor2D, dy: Tensor2D): Tensor2D {
  return through(tf.Tanh, y, dy);
}

/** The gradient of an activation as it is registered, so that it is one operation where the backend has one. */
function through(activation: string, y: Tensor2D, dy: Tensor2D): Tensor2D {
  return tf.getGradient(activation).gradFunc(dy, [y], {})['x']!() as Tensor2D;
}
