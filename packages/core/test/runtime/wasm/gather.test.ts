import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { expectNoLeak, expectSameGradients, useWasm, values } from './backends.ts';

useWasm();

describe('gather', () => {
  it.each([0, 1, 2])('along axis %d, some rows several times', async (axis) => {
    await expectSameGradients((x) => tf.gather(x, tf.tensor1d([2, 0, 2, 3, 2], 'int32'), axis), [4, 5, 6]);
  });

  it('with indices of two axes', async () => {
    await expectSameGradients((x) => tf.gather(x, tf.tensor2d([[1, 3], [3, 0], [1, 1]], [3, 2], 'int32')), [4, 5]);
  });

  it.each([0, 1])('refuses an index out of bounds along axis %d', (axis) => {
    for (const index of [-1, 4]) expect(() => tf.gather(tf.ones([4, 4]), tf.tensor1d([0, index], 'int32'), axis)).toThrow(/index value/);
  });

  it('of integers and of truths', () => {
    const picked = tf.gather(tf.tensor2d([[1, 2, 3], [4, 5, 6]], [2, 3], 'int32'), tf.tensor1d([2, 0], 'int32'), 1);
    expect([picked.dtype, ...picked.dataSync()]).toEqual(['int32', 3, 1, 6, 4]);
    const truths = tf.gather(tf.tensor1d([true, false], 'bool'), tf.tensor1d([1, 0, 1], 'int32'));
    expect([truths.dtype, ...truths.dataSync()]).toEqual(['bool', 0, 1, 0]);
  });

  it('from a large vocabulary', () => {
    const table = values([50_000, 16]);
    const ids = tf.tensor1d([49_999, 7, 7, 0, 7], 'int32');
    const gradient = tf.tidy(() => tf.grad((x: tf.Tensor) => tf.sum(tf.gather(x, ids)))(table));
    const counts = gradient.dataSync();
    expect([counts[0], counts[7 * 16], counts[8 * 16], counts[49_999 * 16 + 15]]).toEqual([1, 3, 0, 1]);
    tf.dispose([table, ids, gradient]);
  });
});

describe('unsorted segment sum', () => {
  it('matches the plain backend, gradient included', async () => {
    const ids = [3, 0, 3, 1, 5];
    await expectSameGradients((x) => tf.unsortedSegmentSum(x, tf.tensor1d(ids, 'int32'), 6), [5, 2, 3]);
  });

  it('leaves out ids that name no segment', () => {
    const sums = tf.unsortedSegmentSum(tf.tensor1d([1, 2, 4, 8]), tf.tensor1d([-1, 0, 2, 1], 'int32'), 2);
    expect(Array.from(sums.dataSync())).toEqual([2, 8]);
  });

  it('adds integers', () => {
    const sums = tf.unsortedSegmentSum(tf.tensor1d([1, 2, 4], 'int32'), tf.tensor1d([1, 0, 1], 'int32'), 3);
    expect([sums.dtype, ...sums.dataSync()]).toEqual(['int32', 2, 5, 0]);
  });

  it('leaves nothing behind', () => {
    expectNoLeak(() => tf.tidy(() => tf.unsortedSegmentSum(tf.ones([4, 3]), tf.tensor1d([0, 1, 1, 0], 'int32'), 2).dataSync()));
  });
});
