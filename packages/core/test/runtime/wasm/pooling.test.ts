import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { expectGradientsOfFunction, expectNoLeak, expectSameGradients, expectSameResult, useWasm, values } from './backends.ts';

useWasm();

type Pad = 'same' | 'valid' | number;
const cases: [number[], number | [number, number], number | [number, number], Pad][] = [
  [[2, 6, 6, 3], 2, 2, 'valid'],
  [[2, 7, 5, 3], 3, 2, 'same'],
  [[2, 6, 6, 2], 3, 1, 'valid'],
  [[2, 5, 5, 2], 3, 1, 'same'],
  [[2, 7, 6, 2], [2, 3], [3, 2], 'same'],
  [[1, 8, 8, 2], 2, 3, 'valid'],
  [[3, 5, 4, 2], [5, 4], 1, 'valid'],
];

describe('max pooling', () => {
  it.each(cases)('%j, window %j, strides %j, %s', async (input, size, strides, pad) => {
    await expectSameGradients((x) => tf.maxPool(x as tf.Tensor4D, size, strides, pad), input);
  });

  it('gives the gradient of equal cells to the first one only', () => {
    const x = tf.tensor4d([1, 1, 1, 1, 0, 2, 2, 0, 5, 0, 0, 0, 0, 0, 0, 5], [1, 4, 4, 1]);
    const gradient = tf.grad((t: tf.Tensor) => tf.sum(tf.maxPool(t as tf.Tensor4D, 2, 2, 'valid')))(x);
    expect(Array.from(gradient.dataSync())).toEqual([0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1]);
  });
});

describe('max pooling of negative numbers', () => {
  const negative = (x: tf.Tensor): tf.Tensor => tf.sub(x, 2);

  it('in three dimensions', async () => {
    const pool = (x: tf.Tensor): tf.Tensor => tf.maxPool3d(negative(x) as tf.Tensor5D, [2, 3, 2], [1, 2, 1], 'same');
    await expectSameResult(() => pool(values([2, 3, 4, 5, 2])));
    expectGradientsOfFunction((x) => pool(x!), [1, 2, 3, 3, 1]);
  });

  it('with the place of each maximum', async () => {
    for (const part of ['result', 'indexes']) {
      await expectSameResult(() => tf.maxPoolWithArgmax(negative(values([2, 5, 4, 3])) as tf.Tensor4D, [2, 3], 2, 'same')[part]!);
    }
  });
});

describe('average pooling', () => {
  // The plain backend divides by the whole window even at borders, so the function itself is the measure.
  it.each(cases)('%j, window %j, strides %j, %s', (input, size, strides, pad) => {
    const pool = (x: tf.Tensor): tf.Tensor => tf.avgPool(x as tf.Tensor4D, size, strides, pad);
    expectGradientsOfFunction(pool, input);
    expectNoLeak(() => tf.tidy(() => tf.grad((x: tf.Tensor) => tf.sum(pool(x)))(tf.ones(input)).dataSync()));
  });

  it('over the whole image', async () => {
    await expectSameGradients((x) => tf.mean(x, [1, 2]), [3, 6, 5, 9]);
    await expectSameGradients((x) => tf.max(x, [1, 2]), [3, 6, 5, 9]);
  });
});
