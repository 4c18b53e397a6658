import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { expectSameResult, useWasm, values } from './backends.ts';

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
  'the largest of truths': () => tf.topk(truths(), 3).values,
  'where the largest of truths are': () => tf.topk(truths(), 3).indices,
  'chosen from truths and whole numbers': () => tf.where(truths(), tf.logicalNot(truths()), whole()),
  'chosen from floats and whole numbers': () => tf.where(truths(), tf.fill([3, 4], 0.5), whole()),
  'whole numbers within bounds': () => tf.clipByValue(whole(), 2, 2 ** 30),
  'truths within bounds': () => tf.clipByValue(truths(), 0, 1),
  'whole quotients': () => tf.floorDiv(whole(), tf.tensor1d([2, 0, -3, 1], 'int32')),
  'quotients of truths': () => tf.floorDiv(truths(), tf.onesLike(truths())),
  'whole remainders': () => tf.mod(whole(), tf.tensor2d([[5], [0], [-7]], [3, 1], 'int32')),
  'remainders of truths': () => tf.mod(truths(), tf.onesLike(truths())),
  'truths, leaky': () => tf.leakyRelu(truths()),
  'whole numbers, leaky by whole numbers': () => tf.prelu(whole(), tf.tensor1d([1, 2, 3, 4], 'int32')),
  'exponentials of truths': () => tf.exp(truths()),
  'whole numbers that are finite': () => tf.logicalAnd(tf.isFinite(whole()), tf.logicalNot(tf.isNaN(whole()))),
  'reciprocals of whole numbers': () => tf.reciprocal(whole()),
  'arcs of whole numbers': () => tf.asinh(whole()),
  'products of whole numbers': () => tf.matMul(whole(), whole(), true) as tf.Tensor,
  'products of whole numbers, a batch of them by one': () => tf.matMul(tf.reshape(whole(), [2, 3, 2]), tf.tensor2d([[1, -2], [3, 4], [5, 6]], [3, 2], 'int32'), false, true),
  'products of whole numbers, one by a batch': () => tf.matMul(tf.tensor2d([[1, -2, 7]], [1, 3], 'int32'), tf.reshape(whole(), [2, 3, 2])),
  'products of whole numbers and floats': () => tf.matMul(whole(), values([4, 2])),
  'products of truths': () => tf.matMul(truths(), truths(), false, true),
  'sums of no products of whole numbers': () => tf.matMul(tf.zeros([2, 0], 'int32'), tf.zeros([0, 3], 'int32')),
  'the largest of whole numbers in windows': () => tf.maxPool(tf.reshape(whole(), [1, 3, 4, 1]) as tf.Tensor4D, 2, 1, 'same'),
  'the largest of negative whole numbers in windows': () => tf.maxPool(tf.neg(tf.reshape(whole(), [1, 3, 2, 2])) as tf.Tensor4D, [2, 1], [2, 1], 'same'),
  'the largest of truths in windows': () => tf.maxPool(tf.reshape(truths(), [1, 3, 4, 1]) as tf.Tensor4D, 2, 2, 'valid'),
  'sums of truths so far': () => tf.cumsum(truths(), 1),
  'truths counted': () => tf.bincount(tf.tensor1d([0, 2, 5], 'int32'), tf.tensor1d([1, 0, 1], 'bool'), 6),
  'truths normalised': () => tf.batchNorm(tf.cast(truths(), 'float32'), tf.tensor1d([1, 0, 2, 3], 'int32'), tf.tensor1d([1, 1, 4, 9], 'int32')),
  'a transposed convolution of whole numbers': () => tf.conv2dTranspose(tf.reshape(whole(), [1, 3, 4, 1]) as tf.Tensor4D, tf.ones([2, 2, 1, 1], 'int32') as tf.Tensor4D, [1, 3, 4, 1], 1, 'same'),
  'whole numbers resized': () => tf.image.resizeNearestNeighbor(tf.reshape(tf.clipByValue(whole(), 0, 9), [1, 3, 4, 1]) as tf.Tensor4D, [6, 2]),
  'places in sorted truths': () => tf.searchSorted(tf.tensor1d([0, 0, 1, 1], 'bool'), tf.tensor1d([1, 0, 1], 'bool')),
  'truths as numbers': () => tf.concat([tf.abs(truths()), tf.neg(truths()), tf.relu(truths()), tf.square(truths()), tf.step(truths()), tf.sign(truths()), tf.round(truths()), tf.relu6(truths())]),
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

// The plain backend is no measure for these.
const none = (dtype: tf.DataType = 'float32'): tf.Tensor => tf.zeros([0, 3], dtype as 'float32');
const ofNothing: Record<string, [compute: () => tf.Tensor, shape: number[], values: number[]]> = {
  'a sum': [() => tf.sum(none(), 0), [3], [0, 0, 0]],
  'a sum of truths': [() => tf.sum(none('bool')), [], [0]],
  'a product': [() => tf.prod(none('int32'), 0, true), [1, 3], [1, 1, 1]],
  'a mean': [() => tf.mean(none(), 0), [3], [Number.NaN, Number.NaN, Number.NaN]],
  'a maximum': [() => tf.max(none()), [], [-Infinity]],
  'a minimum': [() => tf.min(none(), 0), [3], [Infinity, Infinity, Infinity]],
  all: [() => tf.all(none('bool'), 0), [3], [1, 1, 1]],
  any: [() => tf.any(none('bool')), [], [0]],
  'products of matrices': [() => tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 3])), [2, 3], [0, 0, 0, 0, 0, 0]],
  'picked rows': [() => tf.gather(none(), tf.zeros([0], 'int32')), [0, 3], []],
  'picked columns': [() => tf.gather(none(), tf.tensor1d([1, 0], 'int32'), 1), [0, 2], []],
  'leaky numbers': [() => tf.prelu(none(), tf.scalar(0.1)), [0, 3], []],
  'the largest': [() => tf.topk(tf.zeros([2, 0]), 0).values, [2, 0], []],
};

it.each(Object.entries(ofNothing))('of nothing: %s', (_, [compute, shape, values]) => {
  // Leaves large numbers where a result may come to lie.
  tf.dispose(Array.from({ length: 60 }, (_, index) => tf.fill([1 + index], 1e7)));
  const result = compute();
  expect(result.shape).toEqual(shape);
  expect([...result.dataSync()]).toEqual(values);
});

it('counts an axis from the end, for sums and products so far', () => {
  const x = tf.tensor2d([[1, 2, 3], [4, 5, 6]]);
  expect([...tf.cumsum(x, -1, true, true).dataSync()]).toEqual([5, 3, 0, 11, 6, 0]);
  expect([...tf.cumprod(x, -2).dataSync()]).toEqual([1, 2, 3, 4, 10, 18]);
});
