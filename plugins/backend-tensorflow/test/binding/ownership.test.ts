import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import type { Backend, NamedTensors } from '@kd/core';
import { describeNative, startNative } from '../native.ts';

const MiB = 2 ** 20;

// `node scripts/soak-tensorflow.mjs` does the same for as long as one likes.
describeNative('every handle and buffer is freed', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await startNative();
  });

  /** Runs it often and compares what is held with what was held after a first part. */
  function staysFlat(times: number, run: (i: number) => void): void {
    for (let i = 0; i < times / 4; i++) run(i);
    const { tensors } = backend.memory();
    const rss = process.memoryUsage.rss();
    for (let i = 0; i < times; i++) run(i);
    expect(backend.memory().tensors).toBe(tensors);
    expect(process.memoryUsage.rss() - rss).toBeLessThan(64 * MiB);
  }

  it('by operations that run at once', () => {
    const matrix = tf.ones<tf.Rank.R2>([64, 64]);
    staysFlat(1500, (i) => tf.tidy(() => {
      const product = tf.matMul(matrix, tf.tensor2d(new Float32Array(64 * 64).fill(i), [64, 64]));
      const parts = tf.split(tf.softmax(tf.add(product, tf.ones([64]))), 4, 1);
      tf.topk(tf.reshape(tf.stack(parts), [64, 64]), 3);
      tf.real(tf.mul(tf.complex(parts[0]!, parts[1]!), tf.complex(parts[2]!, parts[3]!)));
      tf.string.stringSplit(tf.tensor1d([`a text that is number ${i}`], 'string'), ' ');
    }));
  });

  it('by compiled steps', () => {
    const step = backend.compile!('step', ({ weights, x }) => {
      const y = tf.relu(tf.matMul(x as tf.Tensor2D, weights as tf.Tensor2D));
      return { weights: tf.sub(weights!, tf.mul(tf.mean(y), 1e-3)), loss: tf.mean(y) };
    });
    let state: NamedTensors = { weights: tf.ones([64, 64]) };
    staysFlat(800, () => {
      const x = tf.ones([32, 64]);
      const { weights, loss } = step({ ...state, x });
      tf.dispose([state['weights']!, x, loss!]);
      state = { weights: weights! };
    });
    step.dispose();
  });
});
