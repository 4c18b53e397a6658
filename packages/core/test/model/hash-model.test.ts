import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { fromLayersModel, hashModel, startWasm, type NamedTensors } from '../../src/index.ts';
import { net } from '../small-task.ts';

beforeAll(() => startWasm());

test('a model’s hash follows names, shapes and values of its weights, and not their order', async () => {
  const model = fromLayersModel(net()());
  const hashWith = (change: (entries: [string, tf.Tensor][]) => [string, tf.Tensor][]): Promise<string> => hashModel({ ...model, values: (): NamedTensors => Object.fromEntries(change(Object.entries(model.values()))) });
  const own = await hashModel(model);
  const before = tf.memory().numTensors;
  expect(await hashWith((entries) => entries.reverse())).toBe(own);
  expect(await hashWith((entries) => entries.map(([name, tensor]) => [name.replace('bias', 'offset'), tensor]))).not.toBe(own);
  expect(tf.memory().numTensors).toBe(before);
  const [flat, moved] = [(tensor: tf.Tensor) => tf.reshape(tensor, [-1]), (tensor: tf.Tensor) => tf.add(tensor, 1e-6)];
  for (const changed of [flat, moved]) expect(await hashWith((entries) => entries.map(([name, tensor]) => [name, changed(tensor)]))).not.toBe(own);
  model.layersModel!.dispose();
});
