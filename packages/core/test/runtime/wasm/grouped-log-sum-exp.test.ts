import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { groupedLogSumExp, GroupedLogSumExp } from '../../../src/tensor/grouped-log-sum-exp.ts';
import { Grouping } from '../../../src/tensor/grouping.ts';
import { expectClose, expectNoLeak, expectSameGradients, useWasm, values } from './backends.ts';

useWasm();

const groupings: Readonly<Record<string, Grouping>> = {
  'that cover all columns': new Grouping(6, [[0, 3, 5], [1, 2], [4]]),
  'that leave columns out': new Grouping(7, [[6, 0], [2, 3, 4]]),
  'that are one': new Grouping(3, [[0, 1, 2]]),
};

describe('log-sum-exp of groups', () => {
  for (const [what, grouping] of Object.entries(groupings)) {
    it.each([1, 50, 1000])(`${what} matches the plain backend, gradient included, for logits up to ±%d`, async (scale) => {
      expect(tf.getKernel(GroupedLogSumExp, 'wasm')).toBeDefined();
      await expectSameGradients((x) => groupedLogSumExp(tf.mul(x!, scale) as Tensor2D, grouping), [5, grouping.columns]);
    });
  }

  it('stays exact for a group whose members are 2000 below the others', () => {
    const x = tf.tensor2d([[1000, -1000, -1001, 999]]);
    const out = groupedLogSumExp(x, new Grouping(4, [[0, 3], [1, 2]])).dataSync();
    expectClose(out, [1000 + Math.log1p(Math.exp(-1)), -1000 + Math.log1p(Math.exp(-1))], 'sums');
  });

  it('is the same for batches that are too large for one kernel', () => {
    const grouping = groupings['that cover all columns']!;
    const x = values([3000, 6]) as Tensor2D;
    const whole = groupedLogSumExp(x, grouping).dataSync();
    const first = groupedLogSumExp(tf.slice2d(x, [0, 0], [10, 6]), grouping).dataSync();
    expectClose(whole.slice(0, 30), first, 'sums');
  });

  it('leaves nothing behind', () => {
    const grouping = groupings['that leave columns out']!;
    const x = values([4, 7]);
    groupedLogSumExp(x as Tensor2D, grouping).dispose();
    expectNoLeak(() => tf.tidy(() => tf.grad((given) => tf.sum(groupedLogSumExp(given as Tensor2D, grouping)))(x).dataSync()));
  });
});
