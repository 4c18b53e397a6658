import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { expect } from 'vitest';
import { distill, fromArrays, KdError, Random, type ArrayData, type Dataset, type DistillOptions, type Distilled, type ErrorCode, type KdConfig, type LabelSpacesConfig, type ModelFactory, type Predict } from '../src/index.ts';

/** Four letters, each in two hands; the input says which: one number a letter, and one for the hand. */
const spaces = {
  fine: ['a1', 'a2', 'b1', 'b2', 'c1', 'c2', 'd1', 'd2'],
  letter: { of: 'fine', groups: { a: ['a1', 'a2'], b: ['b1', 'b2'], c: ['c1', 'c2'], d: ['d1', 'd2'] } },
  vowel: { of: 'letter', groups: { yes: ['a', 'd'], no: ['b', 'c'] } },
  early: { of: 'letter', only: ['a', 'b', 'c'] },
  first: { of: 'letter', only: ['a'], other: true },
  hand: ['left', 'right'],
  place: { values: ['x', 'y'] },
} satisfies LabelSpacesConfig;

export const INPUTS = 5;

/** The inputs and all labels of some samples, the same for the same seed. */
export function samples(size: number, seed = 1): { x: Float32Array; letter: Int32Array; hand: Int32Array; place: Float32Array; ids: string[] } {
  const stream = new Random(seed).stream('samples');
  const letter = Int32Array.from({ length: size }, (_, row) => row % 4);
  const hand = Int32Array.from({ length: size }, (_, row) => (row >> 2) % 2);
  const x = new Float32Array(size * INPUTS);
  const place = new Float32Array(size * 2);
  for (let row = 0; row < size; row++) {
    for (let i = 0; i < INPUTS; i++) x[row * INPUTS + i] = 0.6 * stream.normal();
    x[row * INPUTS + letter[row]!]! += 1.5;
    x[row * INPUTS + 4]! += hand[row]! === 1 ? 1.5 : -1.5;
    place[row * 2] = letter[row]! / 4;
    place[row * 2 + 1] = hand[row]!;
  }
  return { x, letter, hand, place, ids: Array.from({ length: size }, (_, row) => `${seed}-${row}`) };
}

export function dataset(size: number, seed = 1, labels: ArrayData['labels'] | 'letter' | 'none' = 'letter'): Dataset {
  const { x, letter, ids } = samples(size, seed);
  return fromArrays({ inputs: { x: { shape: [INPUTS], values: x } }, ids, labels: labels === 'none' ? {} : labels === 'letter' ? { letter } : labels! });
}

/** A teacher that is right most of the time, as a plain function: `logits = x · weights`. */
export function linear(weights: readonly (readonly number[])[]): Predict {
  return ({ x }) => tf.matMul(x as Tensor2D, tf.tensor2d(weights.map((row) => [...row])));
}

const unit = (at: number, width: number, value = 3): number[] => Array.from({ length: width }, (_, i) => (i === at ? value : 0));
export const knowsLetters: Predict = linear([...[0, 1, 2, 3].map((i) => unit(i, 4)), unit(-1, 4)]);
export const knowsEarly: Predict = linear([...[0, 1, 2].map((i) => unit(i, 3)), unit(-1, 3), unit(-1, 3)]);
export const knowsFirst: Predict = linear([unit(0, 2, 2), unit(1, 2, 2), unit(1, 2, 2), unit(1, 2, 2), unit(-1, 2)]);
export const knowsVowels: Predict = linear([unit(0, 2), unit(1, 2), unit(1, 2), unit(0, 2), unit(-1, 2)]);
export const knowsHands: Predict = linear([...[0, 1, 2, 3].map(() => unit(-1, 2)), [-2, 2]]);
export const knowsFine: Predict = linear([...[0, 1, 2, 3].map((i) => Array.from({ length: 8 }, (_, j) => (j >> 1 === i ? 3 : 0))), Array.from({ length: 8 }, (_, j) => (j % 2 === 0 ? -2 : 2))]);
export const knowsPlaces: Predict = linear([[0, 0], [0.2, 0], [0.4, 0], [0.6, 0], [0, 0.3]]);

export interface NetOptions {
  readonly hidden?: number;
  readonly out?: number;
  readonly softmax?: boolean;
  readonly noisy?: boolean;
}

/** Builds a small network; its layers `hidden` and `logits` have names of their own. */
export function net({ hidden = 6, out = 4, softmax = false, noisy = false }: NetOptions = {}): () => LayersModel {
  return () => {
    const model = sequential();
    model.add(layers.dense({ units: hidden, activation: 'relu', inputShape: [INPUTS], name: 'hidden' }));
    if (noisy) {
      model.add(layers.batchNormalization());
      model.add(layers.dropout({ rate: 0.3 }));
    }
    model.add(layers.dense({ units: out, name: 'logits', ...(softmax ? { activation: 'softmax' as const } : {}) }));
    return model;
  };
}

/** A small run: 48 samples, three steps an epoch. */
export function config(changes: Partial<KdConfig> = {}): KdConfig {
  return {
    data: { train: dataset(48), test: dataset(40, 2) },
    labels: spaces,
    teachers: { letters: { predict: knowsLetters, speaks: 'letter' } },
    student: { model: net() as ModelFactory, heads: { letter: 'logits' } },
    alpha: 0.5,
    train: { epochs: 2, batchSize: 16, labelledBatchSize: 8, optimizer: ['adam', { learningRate: 0.05 }] },
    seed: 3,
    ...changes,
  };
}

/** Runs `distill` and gives what it found without the clock, and frees the student. */
export async function summaryOf(own: KdConfig, options?: DistillOptions): Promise<Omit<Distilled['summary'], 'seconds'>> {
  const { student, summary } = await distill(own, options);
  student.layersModel?.dispose();
  const { seconds: _, ...rest } = summary;
  return rest;
}

/** The `KdError` that the work fails with. */
export async function failure(work: () => unknown, code?: ErrorCode): Promise<KdError> {
  try {
    await work();
  } catch (error) {
    expect(error, error instanceof Error ? error.stack : '').toBeInstanceOf(KdError);
    if (code) expect((error as KdError).code, (error as KdError).message).toBe(code);
    return error as KdError;
  }
  throw new Error(`expected ${code ?? 'a KdError'}, but nothing failed`);
}

/** A model's weights as plain numbers. */
export function weightsOf(model: { getWeights(): Tensor[] }): number[][] {
  return model.getWeights().map((tensor) => Array.from(tensor.dataSync()));
}
