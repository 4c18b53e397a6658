import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { expectSameGradients, expectSameResult, useWasm, values } from './backends.ts';

useWasm();

const cases: [number[], number[]][] = [
  [[2, 5, 3, 4, 6], [2, 0, 3, 1, 4]],
  [[2, 5, 3, 4, 6], [4, 3, 2, 1, 0]],
  [[2, 1, 3, 4, 5, 2], [5, 1, 0, 4, 2, 3]],
  [[2, 3, 2, 3, 2, 3], [1, 3, 5, 0, 2, 4]],
];

describe('transpose of many axes', () => {
  it.each(cases)('%j by %j', async (shape, perm) => {
    await expectSameGradients((x) => tf.transpose(x, perm), shape);
    await expectSameResult(() => tf.transpose(tf.cast(tf.mul(values(shape), 1000), 'int32'), perm));
    await expectSameResult(() => tf.transpose(tf.greater(values(shape), 0), perm));
  });

  it('of nothing', () => {
    expect(tf.transpose(tf.zeros([2, 3, 0, 4, 5]), [4, 3, 2, 1, 0]).shape).toEqual([5, 4, 0, 3, 2]);
  });
});
