import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { perSampleOf } from '@kd/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { rkd } from '../src/index.ts';
import { casesOf, expectGolden, tensorOf, valueAndGradient, type GoldenCase } from '../../../test/golden/golden-cases.ts';
import { compareFeatures, contextOf, pair } from './features.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function relate(golden: GoldenCase, weights: { distance: number; angle: number }): ReturnType<typeof valueAndGradient> {
  const loss = rkd.create({ ...pair, ...weights }, {});
  const teacher = tensorOf(golden.inputs['teacher_features']!);
  return valueAndGradient(tensorOf(golden.inputs['student_features']!), (student: Tensor2D) => perSampleOf(loss.compute(compareFeatures(student, teacher), contextOf())));
}

test.each(casesOf('feature-relations', /^rkd_distance_/))('$name', (golden) => {
  expectGolden(golden, relate(golden, { distance: 1, angle: 0 }));
});

test.each(casesOf('feature-relations', /^rkd_angle_/))('$name', (golden) => {
  expectGolden(golden, relate(golden, { distance: 0, angle: 1 }));
});

test.each(casesOf('feature-relations', /^rkd_25_50_/))('$name', (golden) => {
  expectGolden(golden, relate(golden, { distance: 25, angle: 50 }));
});

describe('edges', () => {
  const loss = rkd.create({ ...pair, distance: 25, angle: 50 }, {});
  const slope = (student: Tensor2D, teacher: Tensor2D): Float32Array =>
    tf.grad((x: Tensor) => tf.sum(perSampleOf(loss.compute(compareFeatures(x, teacher), contextOf()))))(student).dataSync() as Float32Array;

  test('a single sample has no relations', () => {
    expect([...slope(tf.tensor2d([[1, 2]]), tf.tensor2d([[3]]))]).toEqual([0, 0]);
  });

  test('equal samples have a finite gradient', () => {
    const twice = slope(tf.tensor2d([[1, 2], [1, 2], [0, 1]]), tf.tensor2d([[0, 1], [5, 5], [5, 5]]));
    expect(twice.every(Number.isFinite)).toBe(true);
    const all = slope(tf.ones([3, 2]), tf.tensor2d([[0, 1], [5, 5], [1, 5]]));
    expect(all.every(Number.isFinite)).toBe(true);
  });

  test('says that it compares samples with each other', () => {
    expect(loss.joinsSamples).toBe(true);
  });
});
