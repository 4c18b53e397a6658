import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { LossOutput } from '@kd/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { contrast, crd, remember } from '../src/index.ts';
import { dense } from '../src/dense.ts';
import { normalise } from '../src/normalise.ts';
import { casesOf, expectClose, expectGolden, tensorOf } from '../../../test/golden/golden-cases.ts';
import { compareFeatures, contextOf, pair } from './features.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

test.each(casesOf('feature-crd', /^crd_/))('$name', (golden) => {
  const input = (name: string): Tensor2D => tensorOf(golden.inputs[name]!);
  const memory = { student: input('memory_student'), teacher: input('memory_teacher') };
  const rows = tensorOf<Tensor1D>(golden.inputs['index']!);
  const candidates = input('contrast_index');
  const negatives = tf.slice(candidates, [0, 1]);
  const { z_student = 0, z_teacher = 0, nce_t: temperature, momentum } = golden.params;
  const embed = (features: Tensor, kernel: Tensor, bias: Tensor): Tensor2D => normalise(dense(features, tf.transpose(kernel), bias)) as Tensor2D;
  const names = ['student_features', 'w_s', 'b_s', 'w_t', 'b_t'];
  const run = (features: Tensor, ws: Tensor, bs: Tensor, wt: Tensor, bt: Tensor) => {
    const student = embed(features, ws, bs);
    const teacher = embed(input('teacher_features'), wt, bt);
    return { student, teacher, ...contrast({ student, teacher, memory, rows, negatives, normalisers: tf.tensor1d([z_student, z_teacher]), temperature }) };
  };
  const given = names.map(input) as [Tensor, Tensor, Tensor, Tensor, Tensor];
  const { value, grads } = tf.valueAndGrads((...tensors: Tensor[]) => tf.mean(run(...(tensors as typeof given)).perSample))(given);
  expectGolden(golden, { value: value.dataSync()[0]!, gradient: grads[0]!.dataSync() });
  names.slice(1).forEach((name, i) => expectClose(grads[i + 1]!.dataSync(), golden.expected['grads'][name], golden.float32_guide?.grad_max_abs_err));

  const { student, teacher, normalisers } = run(...given);
  if (golden.expected['z_student'] === undefined) {
    expectClose(normalisers.dataSync(), [z_student, z_teacher]);
  } else {
    expectClose(normalisers.dataSync(), [golden.expected['z_student'], golden.expected['z_teacher']]);
    expectClose(remember(memory.student, rows, student, momentum).dataSync(), golden.expected['memory_student_after'].data);
    expectClose(remember(memory.teacher, rows, teacher, momentum).dataSync(), golden.expected['memory_teacher_after'].data);
  }
});

describe('the strategy', () => {
  const options = { ...pair, dimensions: 4, negatives: 3, temperature: 0.07, momentum: 0.5 };
  const loss = crd.create(options, {});
  const facts = { classes: 2, names: ['a', 'b'], samples: 6, studentFeatures: { thin: [2, 2, 1] }, teacherFeatures: { wide: [3] } };
  const state = (): Record<string, Tensor> => Object.fromEntries(Object.entries(loss.state!(facts)).map(([name, { shape, initial }], i) =>
    [name, initial === 'zeros' ? tf.zeros([...shape]) : tf.randomNormal([...shape], 0, 0.5, 'float32', i + 1)]));
  const step = (rows: number[], own = state(), at = 0): Exclude<LossOutput, Tensor1D> =>
    loss.compute(compareFeatures(tf.randomNormal([rows.length, 2, 2, 1], 0, 1, 'float32', 8), tf.randomNormal([rows.length, 3], 0, 1, 'float32', 9)), contextOf(own, rows, at)) as Exclude<LossOutput, Tensor1D>;

  test('brings embeddings that learn and a memory that does not', () => {
    const entries = loss.state!(facts);
    expect(Object.keys(entries).filter((name) => entries[name]!.trainable).sort()).toEqual(['studentBias', 'studentKernel', 'teacherBias', 'teacherKernel']);
    expect(entries).toMatchObject({ studentKernel: { shape: [4, 4] }, teacherKernel: { shape: [3, 4] }, studentMemory: { shape: [6, 4] }, normalisers: { shape: [2] } });
  });

  test('its memories begin as vectors of about length 1', () => {
    const bound = 1 / Math.sqrt(4 / 3);
    for (const name of ['studentMemory', 'teacherMemory']) expect(loss.state!(facts)[name]!.initial).toEqual({ uniform: [-bound, bound] });
  });

  test('each side has a memory of its own embeddings, of which it keeps as much as asked for', () => {
    const own = state();
    const { updates } = crd.create({ ...options, momentum: 0.9 }, {}).compute(compareFeatures(tf.ones([1, 4]), tf.fill([1, 3], 2)), contextOf(own, [2])) as Exclude<LossOutput, Tensor1D>;
    for (const [side, x] of [['student', tf.ones([1, 4])], ['teacher', tf.fill([1, 3], 2)]] as const) {
      const embedded = normalise(dense(x, own[`${side}Kernel`]!, own[`${side}Bias`]!));
      const old = tf.slice(own[`${side}Memory`] as Tensor2D, [2, 0], [1, 4]);
      const kept = normalise(tf.add(tf.mul(old, 0.9), tf.mul(embedded, 0.1)));
      expectClose(tf.slice(updates[`${side}Memory`] as Tensor2D, [2, 0], [1, 4]).dataSync(), [...kept.dataSync()]);
    }
  });

  test('a layer that says nothing has no direction, and no gradient', () => {
    const { value, grad } = tf.valueAndGrad((x: Tensor) => tf.sum(tf.mul(normalise(x), tf.tensor2d([[1, 2]]))))(tf.tensor2d([[0, 0]]));
    expect([...value.dataSync(), ...grad.dataSync()]).toEqual([0, 0, 0]);
  });

  test('remembers the rows of the batch and no others, and keeps the normalisers of the first batch', () => {
    const own = state();
    const { perSample, updates } = step([5, 2], own);
    expect(perSample.shape).toEqual([2]);
    for (const name of ['studentMemory', 'teacherMemory']) {
      const [before, after] = [own[name]!.arraySync() as number[][], updates[name]!.arraySync() as number[][]];
      before.forEach((row, i) => (i === 5 || i === 2 ? expect(Math.hypot(...after[i]!)).toBeCloseTo(1, 4) : expect(after[i]).toEqual(row)));
    }
    const later = step([1, 0], { ...own, ...updates }, 1);
    expect([...later.updates['normalisers']!.dataSync()]).toEqual([...updates['normalisers']!.dataSync()]);
  });

  test('a sample that comes twice is remembered once', () => {
    const own = state();
    const memory = (own['studentMemory'] as Tensor2D);
    const twice = remember(memory, tf.tensor1d([3, 3], 'int32'), tf.tensor2d([[1, 0, 0, 0], [1, 0, 0, 0]]), 0.5);
    const once = remember(memory, tf.tensor1d([3], 'int32'), tf.tensor2d([[1, 0, 0, 0]]), 0.5);
    expectClose(twice.dataSync(), once.dataSync() as Float32Array);
  });

  test('draws other negatives in every step, the same ones for the same step', () => {
    const values = [0, 0, 1].map((at) => [...step([5, 2], state(), at).perSample.dataSync()]);
    expect(values[1]).toEqual(values[0]);
    expect(values[2]).not.toEqual(values[0]);
  });

  test('negatives are all other samples, each as likely', () => {
    const initial = state();
    const own = { ...initial, studentKernel: tf.eye(4), teacherKernel: tf.eye(4), studentBias: tf.zeros([4]), teacherBias: tf.zeros([4]), normalisers: tf.tensor1d([10, 10]) };
    const memory = initial['studentMemory']!;
    const draws = Float32Array.from({ length: 400 }, (_, i) => (i + 0.5) / 400);
    const random = { ...contextOf().random, uniform: (shape: readonly number[]) => tf.tile(tf.tensor2d(draws, [1, 400]), [shape[0]!, 1]) };
    const x = tf.tensor2d([[1, 0, 0, 0], [1, 0, 0, 0]]);
    const { perSample } = crd.create({ ...options, negatives: 400 }, {}).compute(compareFeatures(x, x), { ...contextOf({ ...own, teacherMemory: memory }, [0, 5]), random }) as Exclude<LossOutput, Tensor1D>;
    const score = (memory.arraySync() as number[][]).map((row) => Math.exp(row[0]! / 0.07) / 10);
    const noise = 400 / 6;
    expectClose(perSample.dataSync(), [0, 5].map((row) => {
      const others = score.filter((_, k) => k !== row).reduce((sum, o) => sum + 80 * Math.log(noise / (o + noise)), 0);
      return -2 * (Math.log(score[row]! / (score[row]! + noise)) + others);
    }));
  });
});
