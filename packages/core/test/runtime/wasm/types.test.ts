import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { expectSameResult, useWasm } from './backends.ts';

useWasm();

const indices = (): tf.Tensor => tf.tensor1d([0, 2, -1, 1, 9], 'int32');
const truths = (): tf.Tensor => tf.tensor([1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1], [3, 4], 'bool');
const whole = (): tf.Tensor => tf.tensor([1, 2, 3, 4, 5, 6, 7, 8, 9, -1, 2 ** 30 + 1, 3], [3, 4], 'int32');

const cases: Record<string, () => tf.Tensor> = {
  'one-hot, of truths': () => tf.oneHot(indices(), 4, 1, 0, 'bool'),
  'one-hot, of floats': () => tf.oneHot(indices(), 4, 0.9, 0.025, 'float32'),
  'one-hot, of whole numbers': () => tf.oneHot(indices(), 4, 5, -5),
  'truths of floats': () => tf.cast(tf.tensor1d([0.5, 256, 0, -0, -1, Number.NaN]), 'bool'),
  'truths of whole numbers': () => tf.cast(tf.tensor1d([256, 0, -1, 3], 'int32'), 'bool'),
  'reversed truths': () => tf.reverse(truths(), 1),
  'truths chosen by truths': () => tf.where(tf.tensor2d([[1, 0, 1, 0]], [1, 4], 'bool'), truths(), tf.logicalNot(truths())),
  'every second column of truths': () => tf.stridedSlice(truths(), [0, 0], [3, 4], [1, 2]),
  'every second column of whole numbers': () => tf.stridedSlice(whole(), [0, 0], [3, 4], [1, 2]),
  'truths as numbers': () => tf.concat([tf.abs(truths()), tf.neg(truths()), tf.relu(truths()), tf.square(truths()), tf.step(truths())]),
};

it.each(Object.entries(cases))('%s', async (_, compute) => {
  await tf.setBackend('cpu');
  const { dtype, shape } = compute();
  await expectSameResult(() => {
    const result = compute();
    expect(result).toMatchObject({ dtype, shape });
    return result;
  });
});

it.each(Object.entries(cases))('%s: what lies around stays as it is', (_, compute) => {
  const around = Array.from({ length: 40 }, (_, i) => tf.fill([1 + (i % 5)], 7.5));
  // Holes between them, which the results take.
  tf.dispose(around.filter((_, i) => i % 2 === 0));
  for (let i = 0; i < 8; i++) compute();
  for (const tensor of around.filter((_, i) => i % 2 === 1)) expect(tensor.dataSync().every((value) => value === 7.5)).toBe(true);
});
