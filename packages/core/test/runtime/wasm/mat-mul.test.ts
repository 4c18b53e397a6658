import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { expectGradientsOfFunction, expectSameGradients, expectSameResult, useWasm, values } from './backends.ts';

useWasm();

const sides = [false, true];
const sizes = [
  { rows: 3, inner: 4, columns: 5 },
  { rows: 2, inner: 40, columns: 3 },
  { rows: 30, inner: 2, columns: 1 },
  { rows: 40, inner: 30, columns: 33 },
  { rows: 4, inner: 5, columns: 8 },
];
const batches: [number[], number[]][] = [[[], []], [[3], [3]], [[2, 3], [2, 3]], [[1], [1]], [[1, 2], [1, 2]]];
const combinations = sizes.flatMap((size) => batches.flatMap(([batchA, batchB]) =>
  sides.flatMap((transposeA) => sides.map((transposeB) => ({ ...size, batchA, batchB, transposeA, transposeB })))));

function shapesOf({ rows, inner, columns, batchA, batchB, transposeA, transposeB }: typeof combinations[number]): [number[], number[]] {
  return [
    [...batchA, ...(transposeA ? [inner, rows] : [rows, inner])],
    [...batchB, ...(transposeB ? [columns, inner] : [inner, columns])],
  ];
}

/** Beyond what is packed at once, and just beside it. */
const large = [[257, 7, 9], [5, 513, 11], [300, 1100, 24], [256, 512, 8], [1, 1025, 1]] as const;

describe('matrix product', () => {
  it.each(large)('large: %d rows, %d inner, %d columns', async (rows, inner, columns) => {
    for (const transposeA of sides) {
      for (const transposeB of sides) {
        const [a, b] = shapesOf({ rows, inner, columns, batchA: [], batchB: [], transposeA, transposeB });
        await expectSameResult(() => tf.matMul(values(a), values(b, 2), transposeA, transposeB));
      }
    }
  });

  it.each(combinations)('$rows $inner $columns, batches $batchA $batchB, transposed $transposeA $transposeB', async (one) => {
    await expectSameGradients((a, b) => tf.matMul(a, b, one.transposeA, one.transposeB), ...shapesOf(one));
  });

  it.each(sides)('one side for the whole batch, other side transposed: %s', async (transposeB) => {
    for (const size of [4, 40]) {
      const a = values([3, size, size]);
      const b = values([1, size, size], 2);
      const both = tf.matMul(a, b, false, transposeB);
      const each = tf.stack(tf.unstack(a).map((one) => tf.matMul(one, tf.squeeze(b, [0]), false, transposeB)));
      expect(tf.max(tf.abs(tf.sub(both, each))).dataSync()[0]).toBeLessThan(1e-4);
      const turned = tf.matMul(b, a, true, transposeB);
      const turnedEach = tf.stack(tf.unstack(a).map((one) => tf.matMul(tf.squeeze(b, [0]), one, true, transposeB)));
      expect(tf.max(tf.abs(tf.sub(turned, turnedEach))).dataSync()[0]).toBeLessThan(1e-4);
    }
  });

  it('says so when the sides do not fit', () => {
    expect(() => tf.matMul(values([2, 3]), values([4, 2]))).toThrow(/inner shapes|inner dimension/i);
  });

  it('matches finite differences', () => {
    expectGradientsOfFunction((a, b) => tf.matMul(a, b, true, true), [3, 4], [2, 3]);
  });

  it('fused with a bias, as a dense layer uses it', async () => {
    const dense = (a: tf.Tensor, b: tf.Tensor, bias: tf.Tensor): tf.Tensor => tf.fused.matMul({ a, b, bias, activation: 'linear' });
    await expectSameGradients(dense as never, [6, 5], [5, 3], [3]);
  });

  it.each([[2, 3, 4, 5], [2, 2, 33, 34]])('attention, batch %d, heads %d, length %d, width %d', async (batch, heads, length, width) => {
    const shape = [batch, heads, length, width];
    const attention = (query: tf.Tensor, key: tf.Tensor, value: tf.Tensor): tf.Tensor => {
      const scores = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(width));
      return tf.transpose(tf.matMul(tf.softmax(scores), value), [0, 2, 1, 3]);
    };
    await expectSameGradients(attention as never, shape, shape, shape);
  });
});
