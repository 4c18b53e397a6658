import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { computeBySlope, type LossContext, type LossInput } from '../../../src/objective/loss.ts';
import { logSoftmax } from '../../../src/tensor/log-softmax.ts';
import { softenedKl } from '../../../src/tensor/softened-kl.ts';
import { expectClose, expectNoLeak, expectSameGradients, useWasm, values } from './backends.ts';

useWasm();

const temperatures = [1, 4, 20];
const scales = [1, 50, 1000];

describe('log softmax', () => {
  it.each(scales)('matches the plain backend, gradient included, for logits up to ±%d', async (scale) => {
    await expectSameGradients((x) => logSoftmax(tf.mul(x!, scale)), [5, 7]);
    await expectSameGradients((x) => logSoftmax(tf.mul(x!, scale), tf.scalar(3)), [2, 3, 4]);
  });

  it('of a large tensor', async () => {
    await expectSameGradients((x) => logSoftmax(tf.mul(x!, 20)), [3, 6000]);
  });

  it('keeps small differences beside large logits', () => {
    const x = tf.tensor2d([[1000, 1000.5, 999]]);
    const total = Math.log(Math.exp(-0.5) + 1 + Math.exp(-1.5));
    expectClose(logSoftmax(x).dataSync(), [-0.5 - total, -total, -1.5 - total], 'log softmax');
  });

  it('of NaN is NaN in that row alone', () => {
    const result = logSoftmax(tf.tensor2d([[1, Number.NaN], [1, 1]])).dataSync();
    expect([...result].map(Number.isNaN)).toEqual([true, true, false, false]);
  });
});

/** Float64, straight from the definition. */
function reference(student: readonly number[], teacher: readonly number[], temperature: number): number {
  const log = (row: readonly number[]): number[] => {
    const highest = Math.max(...row);
    const norm = highest + Math.log(row.reduce((sum, x) => sum + Math.exp((x - highest) / temperature), 0) ** temperature);
    return row.map((x) => (x - norm) / temperature);
  };
  const [q, p] = [log(student), log(teacher)];
  return temperature ** 2 * p.reduce((sum, logP, c) => sum + Math.exp(logP) * (logP - q[c]!), 0);
}

/** As the loss is computed, from logits to logits, or to log-probabilities that were softened before. */
function kl(student: Tensor, teacher: Tensor, T: number, before = false): Tensor {
  const compute = computeBySlope(({ student: logits }) => (before ? softenedKl(logits, logSoftmax(teacher as Tensor2D, T), T, 1) : softenedKl(logits, teacher as Tensor2D, T, T)));
  return compute({ student } as LossInput, {} as LossContext);
}

describe('KL at a temperature', () => {
  it.each(temperatures)('matches the plain backend, gradient included, at T = %d', async (T) => {
    for (const [scale, before] of [[1, false], [50, false], [1, true], [50, true]] as const) {
      await expectSameGradients((x) => kl(tf.mul(x!, scale), tf.mul(values([5, 7], 3), scale), T, before), [5, 7]);
    }
  });

  it.each(temperatures)('is exact for teachers that are entirely sure, at T = %d', (T) => {
    const teacher = [[50, -50, -50], [-50, -50, 50], [0, 0, 0]];
    const student = [[-50, 50, 0], [1, 2, 3], [50, -50, 50]];
    for (const before of [false, true]) {
      const result = kl(tf.tensor2d(student), tf.tensor2d(teacher), T, before).dataSync();
      expectClose(result, student.map((row, i) => reference(row, teacher[i]!, T)), 'KL');
    }
  });

  it('leaves nothing behind', () => {
    expectNoLeak(() => tf.tidy(() => tf.grad((x) => tf.sum(kl(x, values([4, 3]), 2)))(values([4, 3])).dataSync()));
  });
});
