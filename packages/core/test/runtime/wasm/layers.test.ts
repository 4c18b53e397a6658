import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';
import { expectClose, useWasm, values } from './backends.ts';

useWasm();

type Layer = layers.layers.Layer;
const { layers: make } = layers;

/** The default start of the recurrent weights needs chained methods, which tensors lack unless they are asked for. */
const recurrent = { units: 5, recurrentInitializer: 'glorotUniform' } as const;
const sequences = { ...recurrent, returnSequences: true } as const;

const cases: [string, number[], () => Layer[]][] = [
  ['LSTM', [3, 6, 4], () => [make.lstm(sequences)]],
  ['LSTM, last state', [3, 6, 4], () => [make.lstm(recurrent)]],
  ['GRU', [3, 6, 4], () => [make.gru(sequences)]],
  ['simple recurrent', [3, 6, 4], () => [make.simpleRNN(recurrent)]],
  ['bidirectional', [3, 6, 4], () => [make.bidirectional({ layer: make.lstm(sequences) as never, mergeMode: 'concat' })]],
  ['embedding', [3, 6], () => [make.embedding({ inputDim: 50, outputDim: 4 }), make.globalAveragePooling1d()]],
  ['embedding with a mask', [3, 6], () => [make.embedding({ inputDim: 50, outputDim: 4, maskZero: true }), make.lstm(recurrent)]],
  ['batch norm', [4, 5, 5, 3], () => [make.batchNormalization({}), make.dense({ units: 2 })]],
  ['batch norm of vectors', [8, 5], () => [make.batchNormalization({}), make.dense({ units: 2 })]],
  ['layer norm', [4, 6, 5], () => [make.dense({ units: 5 }), make.layerNormalization({}), make.dense({ units: 2 })]],
  ['dense on sequences', [4, 6, 5], () => [make.dense({ units: 7, activation: 'tanh' }), make.timeDistributed({ layer: make.dense({ units: 3 }) })]],
  ['convolutions', [2, 12, 12, 3], () => [
    make.conv2d({ filters: 6, kernelSize: 3, padding: 'same', activation: 'relu' }), make.maxPooling2d({ poolSize: 2 }),
    make.separableConv2d({ filters: 5, kernelSize: 3, strides: 2, padding: 'same', depthMultiplier: 2 }), make.batchNormalization({}),
    make.leakyReLU({}), make.flatten(), make.dense({ units: 4 })]],
  ['decoder', [2, 4, 4, 3], () => [
    make.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' }), make.prelu({}),
    make.conv2d({ filters: 2, kernelSize: 2 }), make.globalMaxPooling2d({})]],
  ['one dimension', [2, 12, 3], () => [
    make.conv1d({ filters: 4, kernelSize: 3, activation: 'elu' }), make.maxPooling1d({ poolSize: 2 }), make.averagePooling1d({ poolSize: 2 }), make.globalMaxPooling1d()]],
];

/** One training step's loss and gradients, the weights set to the same numbers on every backend. */
function step(model: layers.Sequential, input: number[]): Float32Array[] {
  return tf.tidy(() => {
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    variables.forEach((variable, index) => variable.assign(tf.mul(values(variable.shape, index + 1), 0.7)));
    const isTokens = input.length === 2 && model.layers[0]?.getClassName() === 'Embedding';
    const x = isTokens ? tf.floor(tf.mul(tf.abs(values(input, 50)), 49)) : values(input, 50);
    const { value, grads } = tf.variableGrads(() => {
      const y = model.apply(x, { training: true }) as tf.Tensor;
      return tf.sum(tf.mul(y, values(y.shape, 99)));
    }, variables);
    return [value, ...variables.map((variable) => grads[variable.name]!)].map((tensor) => tensor.dataSync() as Float32Array);
  });
}

it.each(cases)('%s: gradients are those of the plain backend', async (_, input, build) => {
  const results: Float32Array[][] = [];
  for (const backend of ['cpu', 'wasm']) {
    await tf.setBackend(backend);
    const model = layers.sequential();
    build().forEach((layer, index) => {
      if (index === 0) model.add(make.inputLayer({ inputShape: input.slice(1) }));
      model.add(layer);
    });
    results.push(step(model, input));
    const held = tf.memory();
    step(model, input);
    expect(tf.memory().numTensors).toBe(held.numTensors);
    expect(tf.memory().numDataBuffers).toBe(held.numDataBuffers);
    model.dispose();
  }
  const [expected = [], actual = []] = results;
  expect(actual.length).toBe(expected.length);
  expect(expected.length).toBeGreaterThan(1);
  expected.forEach((numbers, index) => expectClose(actual[index] ?? [], numbers, index === 0 ? 'loss' : `gradient ${index}`));
});
