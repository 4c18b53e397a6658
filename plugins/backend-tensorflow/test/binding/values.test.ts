import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { INT64 } from '../../src/binding/dtypes.ts';
import type { TensorflowBackend } from '../../src/kernel-backend.ts';
import { describeNative, startNative } from '../native.ts';

describeNative('values go in and come out', () => {
  let backend: TensorflowBackend;
  beforeAll(async () => {
    await startNative({ eager: true });
    backend = tf.findBackend('tensorflow') as TensorflowBackend;
  });

  const texts = ['', 'a', 'x'.repeat(22), 'y'.repeat(23), 'größe 大きさ', 'z'.repeat(5000)];

  it.each([[[6]], [[2, 3]], [[3, 1, 2]]])('strings of all lengths, of shape %j', (shape) => {
    const tensor = tf.tensor(texts, shape, 'string');
    const flat = tf.reshape(tensor, [6]);
    expect(tf.concat([flat, flat]).dataSync()).toEqual([...texts, ...texts]);
  });

  it('one string, and none', () => {
    expect(tf.tile(tf.reshape(tf.scalar('a long text of many words', 'string'), [1]), [2]).dataSync()).toEqual(['a long text of many words', 'a long text of many words']);
    expect(tf.reshape(tf.tensor([], [0, 2], 'string'), [2, 0]).dataSync()).toEqual([]);
  });

  it('whole numbers of 64 bits, exactly', () => {
    const { tensors, handles } = backend.runtime;
    const values = BigInt64Array.of(0n, -1n, 2n ** 62n, -(2n ** 63n));
    const id = tensors.create([2, 2], INT64, values);
    expect(tensors.read(id)).toEqual(values);
    handles.delete(id);
  });

  it('an int64 result as int32', () => {
    const result = tf.sparse.sparseReshape(tf.tensor2d([[0, 1], [1, 2]], [2, 2], 'int32'), tf.tensor1d([2, 3], 'int32'), tf.tensor1d([6], 'int32'));
    expect(result['outputIndices']!.dtype).toBe('int32');
    expect([...result['outputIndices']!.dataSync()]).toEqual([1, 5]);
  });

  it('complex numbers', () => {
    const x = tf.complex([1, 0, -2], [0, 3, 4]);
    expect([...tf.abs(x).dataSync()]).toEqual([1, 3, Math.fround(Math.sqrt(20))]);
    const product = tf.mul(x, x);
    expect([...tf.real(product).dataSync()]).toEqual([1, -9, -12]);
    expect([...tf.imag(product).dataSync()]).toEqual([0, 0, -16]);
  });

  it('strings, without keeping the memory of long ones', () => {
    const many = Array.from({ length: 1000 }, (_, i) => String(i).padEnd(2000, '.'));
    const round = (): void => tf.tidy(() => void tf.reshape(tf.tensor1d(many, 'string'), [10, 100]));
    for (let i = 0; i < 20; i++) round();
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 200; i++) round(); // 400 MB of text
    expect(process.memoryUsage.rss() - before).toBeLessThan(150e6);
    expect(backend.runtime.handles.count).toBeLessThan(200);
  });
});
