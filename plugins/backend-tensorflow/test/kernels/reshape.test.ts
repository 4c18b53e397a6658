import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import type { TensorflowBackend } from '../../src/kernel-backend.ts';
import { describeNative, startNative } from '../native.ts';

describeNative('reshaping', () => {
  beforeAll(() => startNative({ eager: true }));

  const values = [1, 2, 3, 4, 5, 6];
  /** Operations that TensorFlow was asked for. */
  function calls(work: () => void): string[] {
    const { runtime } = tf.backend() as TensorflowBackend;
    const execute = runtime.execute.bind(runtime);
    const names: string[] = [];
    runtime.execute = (name, ...rest) => (names.push(name), execute(name, ...rest));
    try {
      work();
    } finally {
      runtime.execute = execute;
    }
    return names;
  }

  it('of values on the host asks TensorFlow for nothing, and leaves both tensors whole', () => {
    const x = tf.tensor1d(values);
    let y!: tf.Tensor;
    expect(calls(() => (y = tf.reshape(x, [2, 3])))).toEqual([]);
    expect(y.arraySync()).toEqual([[1, 2, 3], [4, 5, 6]]);
    expect([...tf.add(y, 1).dataSync()]).toEqual([2, 3, 4, 5, 6, 7]);
    y.dispose();
    expect([...tf.neg(x).dataSync()]).toEqual(values.map((value) => -value));
  });

  it('of values on the device, of an open length, of texts and of truth values gives the same', () => {
    const onDevice = tf.mul(tf.tensor1d(values), 1);
    expect(calls(() => expect(tf.reshape(onDevice, [3, 2]).arraySync()).toEqual([[1, 2], [3, 4], [5, 6]]))).toEqual(['Reshape']);
    expect(tf.reshape(tf.tensor1d(values), [-1, 2]).arraySync()).toEqual([[1, 2], [3, 4], [5, 6]]);
    expect(tf.reshape(tf.tensor1d(['a', 'b']), [2, 1]).arraySync()).toEqual([['a'], ['b']]);
    expect(tf.reshape(tf.tensor1d([true, false], 'bool'), [1, 2]).arraySync()).toEqual([[1, 0]]);
    expect(tf.reshape(tf.tensor1d([]), [0, 3]).shape).toEqual([0, 3]);
    expect(() => tf.engine().runKernel('Reshape', { x: tf.tensor1d(values) }, { shape: [4] })).toThrow(/reshape/i);
  });
});
