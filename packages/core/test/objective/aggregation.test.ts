import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { mean } from '../../src/built-in/aggregation/mean.ts';
import { aggregatorFor, perGranularity } from '../../src/built-in/aggregation/per-granularity.ts';
import { weighted } from '../../src/built-in/aggregation/weighted.ts';
import { klDivergence } from '../../src/built-in/losses/kl-divergence.ts';
import { mixtureOf } from '../../src/knowledge/target.ts';
import type { AggregationInput, Aggregator, TeacherSignal } from '../../src/objective/aggregation.ts';
import { perSampleOf, type LossContext } from '../../src/objective/loss.ts';
import { builtIn } from '../../src/built-in/plugin.ts';
import { ServiceContainer } from '../../src/plugin/container.ts';
import { Registry } from '../../src/plugin/registry.ts';
import { eagerRandom, Random } from '../../src/tensor/random.ts';
import { casesOf, expectClose, expectGolden, tensorOf, valueAndGradient, type GoldenCase } from '../../../../test/golden/golden-cases.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const context: LossContext = { state: {}, knobs: {}, get rows() { return tf.tensor1d([], 'int32'); }, random: eagerRandom(new Random(1), 0) };

function inputOf(logits: readonly Tensor2D[]): AggregationInput {
  const [batch, classes] = logits[0]!.shape;
  const signals = logits.map((own, k): TeacherSignal => ({ teacher: `t${k}`, signal: { kind: 'dense', logits: own }, logits: own, view: undefined }));
  return { signals, classes, labels: tf.fill([batch], -1, 'int32') as Tensor1D };
}

function distill(golden: GoldenCase, aggregator: Aggregator): ReturnType<typeof valueAndGradient> {
  const teachers = tf.unstack(tensorOf<Tensor3D>(golden.inputs['teacher_logits']!)) as Tensor2D[];
  const { target } = aggregator.aggregate(inputOf(teachers), undefined);
  const loss = klDivergence.create({ temperature: golden.params['temperature'] }, {});
  return valueAndGradient(tensorOf(golden.inputs['student_logits']!), (student: Tensor2D) =>
    perSampleOf(loss.compute({ student, target, labels: tf.fill([student.shape[0]], -1, 'int32') as Tensor1D, features: { student: {}, teacher: {} } }, context)));
}

const weightsOf = ({ inputs }: GoldenCase): Record<string, number> => Object.fromEntries(inputs['weights']!.data.map((weight, k) => [`t${k}`, weight]));

describe('golden vectors', () => {
  test.each(casesOf('multi-teacher', /^mean_probability_/))('$name', (golden) => {
    expectGolden(golden, distill(golden, mean.create({ of: 'probabilities' }, {})));
  });

  test.each(casesOf('multi-teacher', /^average_of_losses_/))('$name: the gradient of the mean of the probabilities', (golden) => {
    expectGolden(golden, { gradient: distill(golden, mean.create({ of: 'probabilities' }, {})).gradient });
  });

  test.each(casesOf('multi-teacher', /^mean_logits_/))('$name', (golden) => {
    expectGolden(golden, distill(golden, mean.create({ of: 'logits' }, {})));
  });

  test.each(casesOf('multi-teacher', /^weighted_mean_probability_/))('$name', (golden) => {
    expectGolden(golden, distill(golden, weighted.create({ weights: weightsOf(golden), of: 'probabilities' }, {})));
  });
});

describe('weights', () => {
  let a: Tensor2D;
  let b: Tensor2D;
  beforeAll(() => {
    [a, b] = [tf.tensor2d([[4, 0], [0, 4]]), tf.tensor2d([[0, 2], [1, 1]])];
  });

  test('are divided by their sum and reported', () => {
    const { weights } = weighted.create({ weights: { t0: 6, t1: 2 }, of: 'probabilities' }, {}).aggregate(inputOf([a, b]), undefined);
    expectClose(weights as number[], [0.75, 0.25]);
    expect(() => weighted.create({ weights: { t0: 1 }, of: 'logits' }, {}).aggregate(inputOf([a, b]), undefined)).toThrow(/weights\.t1/);
  });

  test('may differ from sample to sample and from class to class', () => {
    const chosen = mixtureOf([a, b], [tf.log(tf.tensor2d([[1], [1e-30]])), tf.log(tf.tensor2d([[1e-30], [1]]))]).probabilities();
    expectClose(chosen.dataSync(), [...tf.softmax(tf.concat([tf.slice(a, 0, 1), tf.slice(b, 1, 1)])).dataSync()]);
    const spread = mixtureOf([a, b], [tf.log(tf.tensor2d([[0.9, 0.2], [0.5, 0.5]])), tf.log(tf.tensor2d([[0.1, 0.8], [0.5, 0.5]]))]).probabilities();
    expectClose(tf.sum(spread, -1).dataSync(), [1, 1]);
  });

  test('a target computes each temperature once, also after a scope that computed it is gone', () => {
    const target = mixtureOf([a, b], [Math.log(0.5), Math.log(0.5)]);
    const inside = tf.tidy(() => [...target.probabilities(2).dataSync()]);
    expect(target.probabilities(2)).toBe(target.probabilities(2));
    expectClose(target.probabilities(2).dataSync(), inside);
  });

  test('values are averaged', () => {
    const signals = [[1, 2], [3, 6]].map((values, k): TeacherSignal => {
      const answer = tf.tensor2d([values]);
      return { teacher: `t${k}`, signal: { kind: 'values', values: answer }, logits: answer, view: undefined };
    });
    const { target } = mean.create({ of: 'probabilities' }, {}).aggregate({ signals, classes: 2, labels: tf.tensor1d([0], 'int32') }, undefined);
    expectClose((target.logits() as Tensor).dataSync(), [2, 4]);
  });
});

test('per-granularity hands each granularity to its own aggregator', () => {
  const registry = new Registry(new ServiceContainer());
  for (const strategy of builtIn.strategies!) registry.add(builtIn.name, strategy);
  const aggregator = perGranularity.create({ low: ['mean', { of: 'logits' }] }, { strategies: registry });
  expect(aggregatorFor(aggregator, 'low').label).toBe('geometric mean');
  expect(aggregatorFor(aggregator, 'digit').label).toBe('mean');
});
