import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { mean } from '../../src/built-in/aggregation/mean.ts';
import type { Aggregator } from '../../src/objective/aggregation.ts';
import type { Loss } from '../../src/objective/loss.ts';
import { readStats } from '../../src/step/stats.ts';
import { withPrefix } from '../../src/tensor/named-tensors.ts';
import { expectClose } from '../../../../test/golden/golden-cases.ts';
import { at, ROWS, batchOf, knobsOf, stepFor, flat, run, constant } from './small-step.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('losses with a state of their own', () => {
  /** KL at a learned temperature, counting the steps that it saw. */
  const learning: Loss = {
    role: 'soft',
    state: () => ({ temperature: { shape: [], trainable: true, initial: 3 }, seen: { shape: [1], trainable: false, initial: 'zeros' } }),
    knobs: () => ({ scale: 1 }),
    compute: ({ student, target }, { state, knobs, rows }) => {
      const T = state['temperature'] as tf.Scalar;
      const gap = tf.sub(target.logProbabilities(T), tf.logSoftmax(tf.div(student, T) as Tensor2D));
      return { perSample: tf.mul(tf.sum(tf.mul(target.probabilities(T), gap), -1), knobs['scale']!) as tf.Tensor1D, updates: { seen: tf.add(state['seen']!, rows.shape[0]!) } };
    },
  };
  const knobs = { 'loss/digit/scale': 1, 'loss/parity/scale': 2 };
  const late: Aggregator = { ...(mean.create({ of: 'probabilities' }, {}) as Aggregator), needs: { student: 'gradients' } };

  test.each([['before', {}], ['after', { aggregator: late }]])('learn and change, with a target made %s the student answers', (_, changes) => {
    const { step } = stepFor('plain', { loss: learning, ...changes });
    const { state, trainable } = step.initial();
    expect(trainable).toEqual(expect.arrayContaining(['loss/digit/temperature', 'loss/parity/temperature']));
    const { gradients, updates } = step.differentiate(state, batchOf(), knobsOf(knobs), at(0));
    expectClose(updates['loss/parity/seen']!.dataSync(), [ROWS]);
    const lossAt = (temperature: number): number => {
      const moved = { ...state, 'loss/parity/temperature': tf.scalar(temperature) };
      return readStats(step.stats, step.differentiate(moved, batchOf(), knobsOf(knobs), at(0)).stats.dataSync())['loss']!;
    };
    const slope = (lossAt(3.05) - lossAt(2.95)) / 0.1;
    expect(Math.abs(slope)).toBeGreaterThan(1e-3);
    expect(gradients['loss/parity/temperature']!.dataSync()[0]! / slope).toBeCloseTo(1, 1);
  });
});

test('first values of a loss’s state lie where it says', () => {
  const loss: Loss = {
    role: 'soft', compute: ({ student }) => tf.sum(student, -1) as tf.Tensor1D,
    state: () => ({ glorot: { shape: [4, 10, 50], trainable: true, initial: 'glorot' }, uniform: { shape: [500], trainable: false, initial: { uniform: [2, 5] } }, given: { shape: [2], trainable: false, initial: { values: [7, 8] } } }),
  };
  const { state, trainable } = stepFor('plain', { loss }).step.initial();
  const valuesOf = (name: string): number[] => Array.from(state[`loss/digit/${name}`]!.dataSync());
  const bound = Math.sqrt(6 / (4 * (10 + 50)));
  const [lowest, highest] = [Math.min(...valuesOf('glorot')) / bound, Math.max(...valuesOf('glorot')) / bound];
  expect([lowest >= -1, lowest < -0.98, highest > 0.98, highest <= 1]).toEqual([true, true, true, true]);
  expect(valuesOf('uniform').every((value) => value >= 2 && value < 5) && Math.max(...valuesOf('uniform')) > 4.9 && Math.min(...valuesOf('uniform')) < 2.1).toBe(true);
  expect(valuesOf('given')).toEqual([7, 8]);
  expect(trainable.filter((name) => name.startsWith('loss/digit'))).toEqual(['loss/digit/glorot']);
});

describe('layers with a state of their own', () => {
  test('batch norm moves its averages as an update and leaves the model alone until it is assigned', () => {
    const { step, model, student } = stepFor('normalised');
    const before = flat(student.values());
    const { state } = step.initial();
    const { gradients, updates } = step.differentiate(state, batchOf(), knobsOf(), at(0));
    const moving = Object.keys(updates);
    expect(moving.map((name) => name.replace(/\d+/, 'n')).sort()).toEqual(['student/n.moving_mean', 'student/n.moving_variance']);
    const batchMean = tf.mean(model.layers[0]!.apply(batchOf().tensors['inputs/x']!) as tf.Tensor, 0);
    expectClose(updates[moving.find((name) => name.endsWith('mean'))!]!.dataSync(), [...batchMean.dataSync()].map((x) => 0.01 * x));
    expect(flat(student.values())).toEqual(before);

    const next = step.apply(state, gradients, updates, knobsOf());
    expect(flat(student.values())).toEqual(before);
    student.assign(Object.fromEntries(Object.entries(next).map(([name, tensor]) => [name.replace('student/', ''), tensor])));
    expect(flat(withPrefix('student', student.values()))).toEqual(flat(next));
    expect(flat(next)).not.toEqual(before);
  });

  test('dropout draws from the step: the same key gives the same mask, another step another one', () => {
    const { step } = stepFor('dropping');
    const [first, again, later] = [at(0), at(0), at(1)].map((source) => run(step, batchOf(), {}, source));
    expect(again!.gradients).toEqual(first!.gradients);
    expect(later!.gradients).not.toEqual(first!.gradients);
    const compared = run(stepFor('dropping', { alpha: { ...constant, needs: { gradients: true } } }).step, batchOf());
    expectClose(compared.gradients, first!.gradients);
  });
});
