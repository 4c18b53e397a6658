import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { fromLayersModel } from '../../src/index.ts';
import { expectClose } from '../../../../test/golden/golden-cases.ts';

beforeAll(() => tf.setBackend('cpu'));

test('models that share layers give each its own values of them, and both their logits', () => {
  const shared = layers.dense({ units: 3, name: 'shared' });
  const last = layers.dense({ units: 2, activation: 'softmax', name: 'last' });
  const over = (factor: number): LayersModel => {
    const x = input({ shape: [2], name: `x${factor}` });
    const scaled = layers.dense({ units: 2, useBias: false, weights: [tf.mul(tf.eye(2), factor)] }).apply(x) as SymbolicTensor;
    return model({ inputs: x, outputs: last.apply(shared.apply(scaled)) as SymbolicTensor });
  };
  const made = [1, 2].map((factor) => ({ factor, pure: fromLayersModel(over(factor)) }));
  for (const { pure } of made) pure.wantLogits('last');
  const [kernel, bias] = shared.getWeights() as [tf.Tensor2D, tf.Tensor];
  const [lastKernel, lastBias] = last.getWeights() as [tf.Tensor2D, tf.Tensor];
  for (const { factor, pure } of made) {
    const { outputs } = pure.call({ [`x${factor}`]: tf.tensor2d([[1, -2]]) }, { training: false, outputs: ['shared', 'last'] });
    const own = tf.add(tf.matMul(tf.tensor2d([[factor, -2 * factor]]), kernel), bias) as tf.Tensor2D;
    expectClose(outputs['shared']!.dataSync(), own.dataSync() as Float32Array);
    expectClose(outputs['last']!.dataSync(), tf.add(tf.matMul(own, lastKernel), lastBias).dataSync() as Float32Array);
  }
  expect(made.map(({ pure }) => pure.layers.includes('shared'))).toEqual([true, true]);
});
