import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel as loadAsPublished, layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadLayersModel, saveLayersModel, type WeightPrecision } from '../../src/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';

beforeAll(async () => void (await tf.setBackend('cpu')));

const kernel = Array.from({ length: 24 }, (_, i) => Math.sin(7 * i) * (i % 5 === 0 ? 0 : 1.7));
const bias = [0.1, -2000.123, 3e-5];

/** A dense layer of eight inputs and three units, with these numbers. */
function network(numbers: readonly number[] = kernel): LayersModel {
  const model = sequential({ layers: [layers.dense({ units: 3, inputShape: [8] })] });
  model.setWeights([tf.tensor2d([...numbers], [8, 3]), tf.tensor1d(bias)]);
  return model;
}

/** Saved, and read back by kd and by TensorFlow.js: the kernel and the bias. */
async function readBack(precision: WeightPrecision, numbers?: readonly number[]): Promise<{ kernel: number[]; bias: number[]; bytes: number }> {
  const folder = temporaryFolder();
  await saveLayersModel(network(numbers), folder, { precision });
  const ours = (await loadLayersModel(join(folder, 'model.json'))).model;
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as { modelTopology: {}; weightsManifest: { weights: tf.io.WeightsManifestEntry[] }[] };
  const weightData = new Uint8Array(readFileSync(join(folder, 'weights.bin'))).buffer;
  const theirs = await loadAsPublished({ load: () => Promise.resolve({ modelTopology, weightSpecs: weightsManifest.flatMap(({ weights }) => weights), weightData }) });
  const [own, published] = [ours, theirs].map((model) => model.getWeights().map((tensor) => Array.from(tensor.dataSync())));
  expect(published).toEqual(own);
  return { kernel: own![0]!, bias: own![1]!, bytes: statSync(join(folder, 'weights.bin')).size };
}

describe('a model is saved', () => {
  test('as float16: matrices rounded to eleven bits, vectors as they are', async () => {
    const found = await readBack('float16');
    found.kernel.forEach((value, i) => expect(Math.abs(value - kernel[i]!)).toBeLessThanOrEqual(Math.abs(kernel[i]!) * 2 ** -11));
    expect(found.bias).toEqual(bias.map(Math.fround));
    expect(found.bytes).toBe(24 * 2 + 3 * 4);
    // Beyond 65504 there is no float16.
    const large = kernel.map((value, i) => (i === 3 ? 70000.5 : value));
    expect((await readBack('float16', large)).kernel).toEqual(large.map(Math.fround));
  });

  test('as uint8: matrices within half a step of their range, zeros exact, vectors as they are', async () => {
    const found = await readBack('uint8');
    const step = (Math.max(...kernel) - Math.min(...kernel)) / 255;
    found.kernel.forEach((value, i) => expect(Math.abs(value - kernel[i]!)).toBeLessThanOrEqual(0.501 * step));
    kernel.forEach((value, i) => value === 0 && expect(found.kernel[i]).toBe(0));
    expect(found.bias).toEqual(bias.map(Math.fround));
    expect(found.bytes).toBe(24 + 3 * 4);
  });

  test('as uint8, where all numbers are alike, or on one side of zero', async () => {
    expect((await readBack('uint8', kernel.map(() => 0.25))).kernel).toEqual(kernel.map(() => 0.25));
    expect((await readBack('uint8', kernel.map(() => 0))).kernel).toEqual(kernel.map(() => 0));
    const positive = kernel.map((value) => 10 + value);
    (await readBack('uint8', positive)).kernel.forEach((value, i) => expect(Math.abs(value - positive[i]!)).toBeLessThan(0.01));
  });

  test('as float32 when nothing is said, to the bit', async () => {
    expect(await readBack('float32')).toEqual({ kernel: kernel.map(Math.fround), bias: bias.map(Math.fround), bytes: 27 * 4 });
  });
});
