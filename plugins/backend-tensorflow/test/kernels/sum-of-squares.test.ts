import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Scalar, Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { describeNative, startNative } from '../native.ts';

describeNative('the sum of squares', () => {
  beforeAll(async () => void (await startNative()));

  it.each([[[]], [[7]], [[3, 5]], [[2, 3, 4, 5]], [[1000, 1000]], [[0, 3]]])('of shape [%s]', (shape) => {
    const x = tf.randomNormal(shape, 0, 1, 'float32', 1) as Tensor;
    const before = tf.memory().numTensors;
    const received = tf.engine().runKernel('KdSumOfSquares', { x } as unknown as NamedTensorMap) as Scalar;
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(received.shape).toEqual([]);
    const expected = Array.from(x.dataSync()).reduce((sum, value) => sum + value * value, 0);
    expect(Math.abs((received.dataSync()[0] as number) - expected)).toBeLessThanOrEqual(1e-6 * expected);
  });
});
