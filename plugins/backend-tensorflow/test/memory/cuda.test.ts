import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { tensorflow } from '../../src/index.ts';
import type { TensorflowBackend } from '../../src/kernel-backend.ts';
import { library } from '../native.ts';

describe.skipIf(process.env['KD_TEST_CUDA'] === undefined || library === undefined)('on CUDA (KD_TEST_CUDA says that this machine has a GPU)', () => {
  it('TensorFlow’s allocator holds the limit, and what would be more is out of memory', async () => {
    const gpu = tensorflow.create({ xla: false, eager: true, impure: 'eager', library }, { base: process.cwd() });
    gpu.configure!({ device: 'gpu', limitBytes: 2 ** 28 });
    await gpu.start();
    const { runtime } = tf.backend() as unknown as TensorflowBackend;
    expect(runtime.devices.find(({ type }) => type === 'GPU')!.memoryBytes).toBe(2 ** 28);
    const kept = [tf.ones([2 ** 22])];
    expect(() => {
      for (;;) kept.push(tf.add(kept[0]!, 1));
    }).toThrow(/ran out of memory/);
    expect(kept.length).toBeLessThanOrEqual(17);
    kept.forEach((tensor) => tensor.dispose());
  });
});
