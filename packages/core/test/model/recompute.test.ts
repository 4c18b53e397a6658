import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { input, layers, model, sequential, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { eagerRandom, fromLayersModel, Random, startWasm, stopGradient, type Model, type NamedTensors } from '../../src/index.ts';
import { expectClose } from '../../../../test/golden/golden-cases.ts';

beforeAll(() => startWasm());

interface Passed {
  readonly gradients: Readonly<Record<string, readonly number[]>>;
  readonly updates: Readonly<Record<string, readonly number[]>>;
  readonly outputs: Readonly<Record<string, readonly number[]>>;
}

/** Gradients of a made-up loss over the outputs, new averages, and the outputs. */
async function pass(given: Model, outputs: readonly string[], x: Tensor): Promise<Passed> {
  const state = given.values();
  const names = given.variables.filter(({ trainable }) => trainable).map(({ name }) => name);
  let rest: NamedTensors = {};
  const { value, grads } = tf.tidy(() => tf.engine().gradients(() => {
    const done = given.call({ [given.inputs[0]!.name]: x }, { training: true, outputs, random: eagerRandom(new Random(3), 5) }, state);
    rest = Object.fromEntries([...Object.entries(done.updates).map(([name, tensor]) => [`update ${name}`, tf.keep(stopGradient(tensor))]), ...outputs.map((name) => [name, tf.keep(stopGradient(done.outputs[name]!))])]) as NamedTensors;
    return tf.addN(outputs.map((name, i) => tf.sum(tf.mul(tf.square(done.outputs[name]!), i + 0.5))));
  }, names.map((name) => state[name]!), undefined, true));
  const read = (tensor: Tensor | undefined): number[] => Array.from(tensor?.dataSync() ?? []);
  const found: Passed = {
    gradients: Object.fromEntries(names.map((name, i) => [name, read(grads[i])])),
    updates: Object.fromEntries(Object.entries(rest).filter(([name]) => name.startsWith('update ')).map(([name, tensor]) => [name, read(tensor)])),
    outputs: Object.fromEntries(outputs.map((name) => [name, read(rest[name]!)])),
  };
  [value, ...grads.filter((gradient) => gradient), ...Object.values(rest), ...Object.values(state)].forEach((tensor) => tensor.dispose());
  return found;
}

const dense = (units: number, name?: string): ReturnType<typeof layers.dense> => layers.dense({ units, activation: 'tanh', ...(name ? { name } : {}) });

function residual(): LayersModel {
  const x = input({ shape: [6] });
  let h = dense(8).apply(x) as SymbolicTensor;
  for (let i = 0; i < 3; i++) {
    const inner = dense(8).apply(layers.batchNormalization().apply(dense(8).apply(h))) as SymbolicTensor;
    h = layers.add({ name: `block${i}` }).apply([h, inner]) as SymbolicTensor;
  }
  return model({ inputs: x, outputs: [dense(3, 'one').apply(h), dense(2, 'two').apply(h)] as SymbolicTensor[] });
}

const shared = dense(6);
const models: Readonly<Record<string, () => readonly [LayersModel, outputs: readonly string[]]>> = {
  'a chain with dropout and batch norm': () => [sequential({ layers: [
    layers.dense({ units: 8, activation: 'relu', inputShape: [6] }), layers.dropout({ rate: 0.4 }), layers.batchNormalization(), dense(8), layers.dropout({ rate: 0.4 }), dense(8), layers.batchNormalization(), layers.gaussianNoise({ stddev: 0.1 }), dense(8), dense(3, 'answer'),
  ] }), ['answer']],
  'residual blocks with two heads': () => [residual(), ['one', 'two']],
  'a hidden layer that is wanted too': () => [residual(), ['one', 'block1']],
  'LSTMs': () => [sequential({ layers: [
    layers.reshape({ targetShape: [3, 2], inputShape: [6] }), layers.lstm({ units: 4, returnSequences: true, recurrentInitializer: 'glorotUniform' }), layers.lstm({ units: 4, returnSequences: true, recurrentInitializer: 'glorotUniform' }), layers.lstm({ units: 4, recurrentInitializer: 'glorotUniform' }), dense(3), dense(2, 'last'),
  ] }), ['last']],
  'a layer used several times': () => {
    const x = input({ shape: [6] });
    let h = x;
    for (let i = 0; i < 5; i++) h = dense(6).apply(shared.apply(h)) as SymbolicTensor;
    return [model({ inputs: x, outputs: dense(2, 'end').apply(h) as SymbolicTensor }), ['end']];
  },
};

describe('recomputed activations', () => {
  test.each(Object.keys(models))('give the same gradients, averages and outputs, and keep nothing: %s', async (name) => {
    const [built, outputs] = models[name]!();
    const plain = fromLayersModel(built);
    const found = plain.recomputing!(outputs);
    if ('why' in found) throw new Error(found.why);
    const x = tf.tensor2d(new Random(1).stream('x').fillNormal(new Float32Array(30)), [5, 6]);
    const expected = await pass(plain, outputs, x);
    const before = tf.memory().numTensors;
    const received = await pass(found.model, outputs, x);
    expect(tf.memory().numTensors).toBe(before);
    for (const part of ['gradients', 'updates', 'outputs'] as const) {
      expect(Object.keys(received[part])).toEqual(Object.keys(expected[part]));
      for (const key in expected[part]) expectClose([...received[part][key]!], [...expected[part][key]!]);
    }
    x.dispose();
    built.dispose();
  });

  test('hold fewer bytes at once', () => {
    const deep = sequential({ layers: [layers.dense({ units: 64, activation: 'relu', inputShape: [64] }), ...Array.from({ length: 15 }, () => layers.dense({ units: 64, activation: 'relu' })), layers.dense({ units: 2, name: 'deep' })] });
    const plain = fromLayersModel(deep);
    const found = plain.recomputing!(['deep']);
    if ('why' in found) throw new Error(found.why);
    const state = plain.values();
    const x = tf.ones([256, 64]);
    const weights = Object.values(state);
    /** The most bytes beside what was there before. */
    const peak = (given: Model): number => {
      const before = tf.memory().numBytes;
      let most = 0;
      const run = tf.engine().runKernel.bind(tf.engine());
      tf.engine().runKernel = ((...args: Parameters<typeof run>) => {
        const made = run(...args);
        most = Math.max(most, tf.memory().numBytes - before);
        return made;
      }) as typeof run;
      try {
        const { grads } = tf.tidy(() => tf.engine().gradients(() => tf.sum(given.call({ [plain.inputs[0]!.name]: x }, { training: true, outputs: ['deep'] }, state).outputs['deep']!), weights, undefined, true));
        grads.forEach((gradient) => gradient.dispose());
      } finally {
        tf.engine().runKernel = run;
      }
      return most;
    };
    const [kept, recomputed] = [peak(plain), peak(found.model)];
    expect(recomputed).toBeLessThan(0.55 * kept);
    [...weights, x].forEach((tensor) => tensor.dispose());
    deep.dispose();
  });

  test('are refused with the reason, where a model cannot be cut', () => {
    const small = sequential({ layers: [layers.dense({ units: 3, inputShape: [2], name: 'only' })] });
    expect(fromLayersModel(small).recomputing!(['only'])).toEqual({ why: expect.stringContaining('no layer') });
    const masked = sequential({ layers: [layers.embedding({ inputDim: 5, outputDim: 4, maskZero: true, inputLength: 3, name: 'words' }), layers.lstm({ units: 4, recurrentInitializer: 'glorotUniform' }), dense(3), dense(3, 'out')] });
    expect(fromLayersModel(masked).recomputing!(['out'])).toEqual({ why: "layer 'words' hides parts of its input from later layers" });
  });
});
