import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, it } from 'vitest';
import { fromLayersModel, Random, startWasm } from '../../src/index.ts';

const openModel = (): unknown => fromLayersModel(sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] }));

beforeAll(async () => {
  await startWasm();
  // Another copy of TensorFlow.js, loaded after a model was opened, brings its own gradients.
  openModel();
  tf.unregisterGradient(tf.Tile);
  tf.registerGradient({ kernelName: tf.Tile, inputsToSave: ['x'], gradFunc: () => { throw new Error('the other copy'); } });
  openModel();
});

it.each([
  { shape: [3], reps: [4] },
  { shape: [2, 3], reps: [3, 1] },
  { shape: [1, 3, 2], reps: [2, 1, 3] },
  { shape: [2, 1, 2, 1, 2], reps: [1, 3, 2, 2, 1] },
])('a tiled tensor of shape $shape gets the sum of its repetitions’ gradients', ({ shape, reps }) => {
  const whole = shape.map((length, axis) => length * reps[axis]!);
  const count = whole.reduce((product, length) => product * length, 1);
  const weights = new Random(3).stream('weights').fillNormal(new Float32Array(count));
  const gradient = tf.grad((x) => tf.sum(tf.mul(tf.tile(x, reps), tf.tensor([...weights], whole))))(tf.zeros(shape));
  const wanted = new Float64Array(shape.reduce((product, length) => product * length, 1));
  weights.forEach((weight, flat) => {
    let rest = flat;
    let [at, stride] = [0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += (rest % whole[axis]! % shape[axis]!) * stride;
      stride *= shape[axis]!;
      rest = Math.floor(rest / whole[axis]!);
    }
    wanted[at]! += weight;
  });
  expect(gradient.shape).toEqual(shape);
  gradient.dataSync().forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 4));
});
