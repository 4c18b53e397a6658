import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { describeNative, startNative } from '../native.ts';

const logSoftmax = (logits: Tensor): Tensor => tf.engine().runKernel(tf.LogSoftmax, { logits } as unknown as NamedTensorMap, { axis: -1 }) as Tensor;

describeNative('log softmax', () => {
  beforeAll(async () => void (await startNative()));

  it.each([[[6]], [[5, 7]], [[2, 3, 4]], [[2, 1, 3, 5]]])('of shape [%s] is what the definition says, for logits up to ±1000', (shape) => {
    for (const scale of [1, 50, 1000]) {
      const x = tf.mul(tf.randomNormal(shape, 0, 0.4, 'float32', 3), scale);
      const received = logSoftmax(x);
      expect(received.shape).toEqual(shape);
      const [values, logs] = [Array.from(x.dataSync()), Array.from(received.dataSync())];
      const width = shape.at(-1)!;
      for (let start = 0; start < values.length; start += width) {
        const row = values.slice(start, start + width);
        const highest = Math.max(...row);
        const norm = highest + Math.log(row.reduce((sum, value) => sum + Math.exp(value - highest), 0));
        row.forEach((value, i) => expect(Math.abs(logs[start + i]! - (value - norm))).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(value - norm), highest)));
      }
    }
  });

  it('of NaN is NaN in that row alone', () => {
    const logs = logSoftmax(tf.tensor2d([[1, Number.NaN], [1, 1]])).dataSync();
    expect([...logs].map(Number.isNaN)).toEqual([true, true, false, false]);
  });
});
