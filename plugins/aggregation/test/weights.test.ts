import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { targetOf, type Aggregator } from '@kd/core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { aeKd, caMkd, cappedMinNorm, entropy } from '../src/index.ts';
import { casesOf, expectClose, expectGolden, tensorOf, type GoldenCase, type Stored } from '../../../test/golden/golden-cases.ts';
import { distill, inputOf, kl, spreadOf, teachersOf } from './teachers.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** `[teachers, batch]` as rows. */
function rowsOf({ shape: [count, batch], data }: Stored): number[][] {
  return Array.from({ length: count! }, (_, k) => data.slice(k * batch!, (k + 1) * batch!));
}

/** A case gives Σ_k w_k · loss_k, times `scale`; ours is the loss of the mixture, lower by a constant. */
function expectMixture(golden: GoldenCase, aggregator: Aggregator, weights: readonly (readonly number[])[], scale: number): void {
  const teachers = teachersOf(golden);
  const aggregate = aggregator.aggregate(inputOf(teachers, golden.inputs['labels']?.data), undefined);
  const { value, gradient } = distill(golden, aggregate.target);
  const constant = spreadOf(teachers, weights, golden.params['temperature']);
  expectGolden(golden, { value: (value + constant) * scale, gradient: gradient.map((slope) => slope * scale) });
  expectClose((aggregate.weights as Tensor[]).map((weight) => weight.dataSync()[0]!), weights.map((row) => row.reduce((sum, w) => sum + w, 0) / row.length));
}

describe('ca-mkd', () => {
  test.each(casesOf('multi-teacher', /^camkd_logits_paper_scale_/))('$name', (golden) => {
    expectMixture(golden, caMkd.create({}, {}), rowsOf(golden.expected['weights']), 1);
  });

  test.each(casesOf('multi-teacher', /^camkd_logits_(?!paper_scale)/))('$name: divided by the number of teachers', (golden) => {
    const weights = rowsOf(golden.expected['weights']);
    expectMixture(golden, caMkd.create({}, {}), weights, 1 / weights.length);
  });

  test('samples without a label hear all teachers alike', () => {
    const [a, b] = [tf.tensor2d([[3, 0], [3, 0]]), tf.tensor2d([[0, 3], [0, 3]])];
    const { target } = caMkd.create({}, {}).aggregate(inputOf([a, b], [-1, 0]), undefined);
    const [even, known] = target.probabilities().arraySync() as number[][];
    expectClose(even!, [0.5, 0.5]);
    expect(known![0]).toBeGreaterThan(0.9);
  });
});

describe('entropy', () => {
  test.each(casesOf('multi-teacher', /^ebkd_/))('$name: its weights sum to K − 1, and it divides by K', (golden) => {
    const weights = rowsOf(golden.expected['weights']);
    const rest = weights.length - 1;
    expectMixture(golden, entropy.create({}, {}), weights.map((row) => row.map((weight) => weight / rest)), rest / weights.length);
  });

  test('teachers without any doubt are heard alike', () => {
    const sure = tf.tensor2d([[1000, 0], [0, 1000]]);
    const { target, weights } = entropy.create({}, {}).aggregate(inputOf([sure, sure]), undefined);
    expectClose((weights as Tensor[]).map((weight) => weight.dataSync()[0]!), [0.5, 0.5]);
    expectClose(target.probabilities().dataSync(), [1, 0, 0, 1]);
  });
});

describe('ae-kd', () => {
  test.each(casesOf('multi-teacher', /^aekd_/))('$name', (golden) => {
    const teachers = teachersOf(golden);
    const student = tensorOf(golden.inputs['student_logits']!);
    const input = {
      ...inputOf(teachers),
      gradientOf: (k: number) => tf.grad((x: Tensor) => tf.sum(kl(x as Tensor2D, targetOf(teachers[k]!), golden.params['temperature'])))(student) as Tensor2D,
    };
    const { target, weights } = aeKd.create({ cap: golden.params['C'] }, {}).aggregate(input, undefined);
    const found = (weights as Tensor[]).map((weight) => weight.dataSync()[0]!);
    expectClose(found, golden.expected['weights'].data);
    const { value, gradient } = distill(golden, target);
    const constant = spreadOf(teachers, found.map((weight) => new Array<number>(student.shape[0]).fill(weight)), golden.params['temperature']);
    expectGolden(golden, { value: value + constant, gradient });
  });

  test.each(casesOf('multi-teacher', /^(capped_)?min_norm_/))('$name', (golden) => {
    const { C, cap = C } = golden.params as { C?: number; cap?: number };
    expectClose(cappedMinNorm(tensorOf(golden.inputs['gradients']!), cap!).dataSync(), golden.expected['weights'].data);
  });

  test('no other weights give a shorter vector', () => {
    const vectors = fc.integer({ min: 2, max: 5 }).chain((count) => fc.tuple(
      fc.array(fc.array(fc.integer({ min: -64, max: 64 }).map((n) => n / 16), { minLength: 4, maxLength: 4 }), { minLength: count, maxLength: count }),
      fc.array(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: count, maxLength: count }), { minLength: 20, maxLength: 20 }),
      fc.constantFrom(0.3, 0.6, 1),
    ));
    fc.assert(fc.property(vectors, ([gradients, others, given]) => {
      const count = gradients.length;
      const cap = Math.max(given, 1 / count);
      const length = (weights: readonly number[]): number => Math.hypot(...gradients[0]!.map((_, i) => weights.reduce((sum, w, k) => sum + w * gradients[k]![i]!, 0)));
      const found = [...cappedMinNorm(tf.tensor2d(gradients), given).dataSync()];
      expect(found.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 4);
      expect(Math.min(...found)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...found)).toBeLessThanOrEqual(cap + 1e-4);
      for (const raw of others) {
        const sum = raw.reduce((total, w) => total + w, 0);
        const weights = raw.map((w) => w / sum);
        if (sum > 0 && weights.every((w) => w <= cap)) expect(length(found)).toBeLessThanOrEqual(length(weights) + 1e-2);
      }
    }), { numRuns: 40 });
  });

  test('gradients that vanish, or more teachers than classes, still give weights', () => {
    expectClose(cappedMinNorm(tf.zeros([3, 4]), 0.6).dataSync(), [1 / 3, 1 / 3, 1 / 3]);
    expectClose(cappedMinNorm(tf.tensor2d([[1, 0], [0, 5]]), 0.2).dataSync(), [0.5, 0.5]);
    expect(aeKd.create({ cap: 0.6 }, {}).joinsSamples).toBe(true);
    const many = [...cappedMinNorm(tf.tensor2d([[1, -1], [2, -2], [-1, 1], [3, -3]]), 0.6).dataSync()];
    expect(many.reduce((sum, w, k) => sum + w * [1, 2, -1, 3][k]!, 0)).toBeCloseTo(0, 2);
    expect(() => cappedMinNorm(tf.ones([14, 2]), 0.6)).toThrow(/14 teachers/);
  });
});

test.each([caMkd.create({}, {}), entropy.create({}, {}), aeKd.create({ cap: 0.6 }, {})])('a single teacher is heard as it is: $label', (aggregator) => {
  const logits = tf.tensor2d([[1, 2, 3], [0, 0, 9]]);
  const { target, weights } = aggregator.aggregate({ ...inputOf([logits], [0, 1]), gradientOf: () => tf.ones([2, 3]) }, undefined);
  expectClose(target.logProbabilities(4).dataSync(), tf.logSoftmax(tf.div(logits, 4)).dataSync() as Float32Array);
  expectClose((weights as Tensor[])[0]!.dataSync(), [1]);
});

test.each([caMkd.create({}, {}), entropy.create({}, {}), aeKd.create({ cap: 0.6 }, {})])('teachers that answer with values are refused: $label', (aggregator) => {
  const input = inputOf([tf.ones([1, 2]), tf.ones([1, 2])]);
  const signals = input.signals.map((signal) => ({ ...signal, signal: { kind: 'values' as const, values: signal.logits } }));
  expect(() => aggregator.aggregate({ ...input, signals, gradientOf: () => tf.ones([1, 2]) }, undefined)).toThrow(expect.objectContaining({ code: 'KD_STRATEGY_OPTIONS' }));
});
