import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';
import { fromLayersModel } from '../../src/index.ts';

it('leaves nothing of a parked model on the backend and gives the same answers after', async () => {
  await tf.setBackend('cpu');
  const model = fromLayersModel(sequential({ layers: [layers.dense({ units: 50, inputShape: [40] }), layers.batchNormalization(), layers.dense({ units: 3 })] }));
  const x = tf.randomNormal([4, 40], 0, 1, 'float32', 3);
  const answer = (): number[] => tf.tidy(() => [...model.call({ [model.inputs[0]!.name]: x }, { training: false, outputs: model.outputs }).outputs[model.outputs[0]!]!.dataSync()]);
  const before = answer();
  const bytes = tf.memory().numBytes;
  await model.park!();
  expect(tf.memory().numBytes).toBe(x.size * 4);
  model.unpark!();
  expect(answer()).toEqual(before);
  expect(tf.memory().numBytes).toBe(bytes);
  x.dispose();
});
