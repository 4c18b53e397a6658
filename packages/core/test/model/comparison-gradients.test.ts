import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, it } from 'vitest';
import { fromLayersModel, startWasm } from '../../src/index.ts';

beforeAll(async () => {
  await startWasm();
  fromLayersModel(sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] }));
});

const where: Readonly<Record<string, readonly [(x: Tensor) => Tensor, readonly number[]]>> = {
  greater: [(x) => tf.greater(x, 0), [0, 1, 1]],
  less: [(x) => tf.less(x, 2), [1, 0, 0]],
  'greater or equal': [(x) => tf.greaterEqual(x, 2), [0, 1, 1]],
  'less or equal': [(x) => tf.lessEqual(x, 2), [1, 1, 0]],
  equal: [(x) => tf.equal(x, tf.max(x)), [0, 0, 1]],
  'not equal': [(x) => tf.notEqual(x, 2), [1, 0, 1]],
  and: [(x) => tf.logicalAnd(tf.greater(x, 0), tf.less(x, 3)), [0, 1, 0]],
  or: [(x) => tf.logicalOr(tf.less(x, 0), tf.greater(x, 2)), [1, 0, 1]],
  not: [(x) => tf.logicalNot(tf.greater(x, 0)), [1, 0, 0]],
};

it.each(Object.keys(where))('gradients go through what a comparison has chosen: %s', (name) => {
  const [chosen, wanted] = where[name]!;
  const gradient = tf.grad((x) => tf.sum(tf.where(chosen(x) as tf.Tensor, tf.mul(x, 3), tf.mul(x, 2))))(tf.tensor1d([-1, 2, 3]));
  expect(Array.from(gradient.dataSync())).toEqual(wanted.map((yes) => 2 + yes));
});
