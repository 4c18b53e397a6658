import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { eagerRandom, fromLayersModel, Random } from '../../src/index.ts';

beforeAll(() => tf.setBackend('cpu'));

/** What a layer makes of ones. */
function ofOnes(layer: object, shape: readonly number[], training = true): number[] {
  const model = sequential({ layers: [layers.inputLayer({ inputShape: shape.slice(1) }), layer as never] });
  const pure = fromLayersModel(model);
  return tf.tidy(() => {
    const { outputs } = pure.call({ [pure.inputs[0]!.name]: tf.ones([...shape]) }, { training, outputs: [pure.outputs[0]!], random: eagerRandom(new Random(1), 0) });
    return Array.from(outputs[pure.outputs[0]!]!.dataSync());
  });
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]): number => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

describe('layers that draw random numbers', () => {
  test('dropout keeps the mean: what stays is scaled up', () => {
    const values = ofOnes(layers.dropout({ rate: 0.25 }), [10, 1000]);
    expect([...new Set(values)].sort()).toEqual([0, Math.fround(1 / 0.75)]);
    expect(mean(values)).toBeCloseTo(1, 1);
  });

  test('spatial dropout drops whole channels', () => {
    const [steps, channels] = [5, 40];
    const values = ofOnes(layers.spatialDropout1d({ rate: 0.5 }), [1, steps, channels]);
    for (let at = channels; at < steps * channels; at++) expect(values[at]).toBe(values[at - channels]);
    expect(new Set(values).size).toBe(2);
  });

  test('noise is as wide as it says', () => {
    const added = ofOnes(layers.gaussianNoise({ stddev: 0.3 }), [10, 1000]);
    const multiplied = ofOnes(layers.gaussianDropout({ rate: 0.2 }), [10, 1000]);
    for (const [values, wide] of [[added, 0.3], [multiplied, 0.5]] as const) {
      expect(mean(values)).toBeCloseTo(1, 1);
      expect(Math.abs(deviation(values) / wide - 1)).toBeLessThan(0.05);
    }
  });

  test('leave what they are given alone outside of training', () => {
    for (const layer of [layers.dropout({ rate: 0.5 }), layers.gaussianNoise({ stddev: 1 }), layers.gaussianDropout({ rate: 0.5 })]) expect(new Set(ofOnes(layer, [2, 50], false))).toEqual(new Set([1]));
  });
});
