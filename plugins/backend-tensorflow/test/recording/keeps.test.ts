import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Backend } from '@kd/core';
import { describeNative, startNative } from '../native.ts';

let backend: Backend & { readonly warnings: string[] };

describeNative('a function that keeps tensors which it has computed', () => {
  beforeAll(async () => {
    backend = await startNative();
  });
  beforeEach(() => {
    backend.warnings.length = 0;
  });

  it('once, as a layer keeps a mask, is compiled', () => {
    const masks: Record<string, tf.Tensor> = {};
    let ran = 0;
    const masked = backend.compile!('masks', ({ x }) => {
      ran++;
      const mask = (masks[String(x!.shape)] ??= tf.keep(tf.sub(1, tf.eye(x!.shape[0]!))));
      return { y: tf.sum(tf.mul(x!, mask)) };
    });
    const before = tf.memory().numTensors;
    for (const value of [1, 2, 3, 4, 5]) {
      for (const size of [3, 4]) {
        const x = tf.fill([size, size], value);
        const { y } = masked({ x });
        expect(y!.dataSync()[0]).toBe(size * (size - 1) * value);
        tf.dispose([x, y!]);
      }
    }
    expect(ran).toBe(6); // for each shape once to keep the mask, then twice
    expect(backend.warnings).toEqual([]);
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose(masks);
    masked.dispose();
  });

  it('anew at each call runs eagerly, goes on from what it has kept, and says where that was made', () => {
    let sum: tf.Variable | undefined;
    const adds = backend.compile!('adds', ({ x }) => {
      sum ??= tf.variable(tf.scalar(0), false);
      sum.assign(tf.add(sum, tf.sum(x!)));
      return { y: tf.mul(sum, 1) };
    });
    const given = [1, 2, 3, 4, 5, 6].map((value) => {
      const x = tf.tensor1d([value]);
      const { y } = adds({ x });
      const read = y!.dataSync()[0];
      tf.dispose([x, y!]);
      return read;
    });
    expect(given).toEqual([1, 3, 6, 10, 15, 21]);
    expect(backend.warnings).toHaveLength(1);
    expect(backend.warnings[0]).toMatch(/adds is not compiled, for it keeps a tensor from one call to the next, made at .*keeps\.test\.ts:\d+/);
    sum!.dispose();
  });
});
