import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { expectNoLeak, expectSameGradients, useWasm } from './backends.ts';

useWasm();

const shape = [3, 4, 5, 6];
const subsets = Array.from({ length: 15 }, (_, index) => [0, 1, 2, 3].filter((axis) => (index + 1) & (1 << axis)));

describe('sum and mean', () => {
  it.each(subsets)('over axes %j %j %j %j', async (...given) => {
    const axes = given.filter((axis) => axis !== undefined);
    await expectSameGradients((x) => tf.sum(x, axes), shape);
    await expectSameGradients((x) => tf.sum(x, axes, true), shape);
    await expectSameGradients((x) => tf.mean(x, axes), shape);
    await expectSameGradients((x) => tf.mean(x, axes, true), shape);
  });

  const large: [number[], number[]][] = [
    [[2000, 9], [0]], [[2000, 10], [1]], [[7, 400, 8], [1]], [[7, 401, 3], [1]], [[9, 31, 8, 12], [0, 1, 2]],
    [[700, 30], [0, 1]], [[11, 13, 11, 12], [0, 3]], [[2, 700, 16], [0, 2]], [[20_000], [0]], [[1, 26, 900], [1]], [[625, 32], [0]],
  ];
  it.each(large)('of a large tensor %j over %j', async (size, axes) => {
    await expectSameGradients((x) => tf.sum(x, axes), size);
    await expectSameGradients((x) => tf.mean(x, axes, true), size);
  });

  it.each([[[1_000_000], [0]], [[125_000, 8], [0]], [[8, 125_000], [1]], [[1000, 1000], [0, 1]]])(
    'does not drown small numbers: %j over %j', (size, axes) => {
      const sum = tf.tidy(() => tf.sum(tf.sum(tf.fill(size, 0.1), axes)).dataSync()[0]!);
      expect(Math.abs(sum - 100_000)).toBeLessThan(0.1);
    });

  it('counts exactly', () => {
    const counts = tf.tidy(() => tf.sum(tf.ones([10_001, 16]), 0).dataSync());
    expect(new Set(counts)).toEqual(new Set([10_001]));
  });

  it('of integers, of nothing and of one number', () => {
    expect(tf.sum(tf.tensor1d([1, 2, 3], 'int32')).dataSync()[0]).toBe(6);
    expect(tf.sum(tf.zeros([0, 3]), 0).shape).toEqual([3]);
    expect(tf.sum(tf.scalar(4)).dataSync()[0]).toBe(4);
    expect(tf.mean(tf.tensor1d([1, 2], 'int32')).dataSync()[0]).toBe(1.5);
  });

  it('lets NaN through', () => {
    for (const rows of [40, 4000]) {
      const sums = tf.tidy(() => tf.sum(tf.concat([tf.fill([rows, 8], 1), tf.fill([3, 8], Number.NaN), tf.fill([rows, 8], 1)]), 0).dataSync());
      expect(Array.from(sums).every(Number.isNaN)).toBe(true);
    }
  });

  it('leaves nothing behind', () => {
    expectNoLeak(() => tf.tidy(() => tf.mean(tf.ones([50, 40, 16]), [0, 1]).dataSync()));
  });
});
