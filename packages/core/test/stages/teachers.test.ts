import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { input, layers, model, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { definePlugin, fromArrays, functionTeacher, graphTeacher, resolveLabelSpaces, startWasm, type KdConfig, type LabelSpace, type ModelFactory, type NamedTensors, type PureFunction } from '../../src/index.ts';
import { config, dataset, INPUTS, knowsEarly, knowsFine, knowsFirst, knowsHands, knowsLetters, knowsPlaces, knowsVowels, net, samples, summaryOf } from '../small-task.ts';

beforeAll(() => startWasm());

/** A student with heads for letters, hands and places. */
const threeHeads = (): LayersModel => {
  const x = input({ shape: [INPUTS], name: 'x' });
  const hidden = layers.dense({ units: 8, activation: 'relu', name: 'hidden' }).apply(x);
  const heads = { letters: 4, hands: 2, places: 2 };
  return model({ inputs: x, outputs: Object.entries(heads).map(([name, units]) => layers.dense({ units, name }).apply(hidden) as ReturnType<typeof input>) });
};

describe('teachers of several label spaces', () => {
  test('the same, coarser, partial with and without other, and finer ones teach one student without a label', async () => {
    const summary = await summaryOf(config({
      data: { train: dataset(96, 1, 'none'), test: dataset(80, 2) },
      teachers: {
        early: { predict: knowsEarly, speaks: 'early' },
        first: { predict: knowsFirst, speaks: 'first' },
        vowels: { predict: knowsVowels, speaks: 'vowel' },
        fine: { predict: knowsFine, speaks: 'fine' },
      },
      alpha: 0,
      train: { epochs: 12, batchSize: 16, optimizer: ['adam', { learningRate: 0.05 }] },
    }));
    expect(summary.objective).toBe('L = [ 1.0·KL(T=4)@early⟨mean: early⟩ + 1.0·KL(T=4)@first⟨mean: first⟩ + 1.0·KL(T=4)@vowel⟨mean: vowels⟩ + 1.0·KL(T=4)@letter⟨mean: fine⟩ ]');
    expect(summary.student.accuracy).toBeGreaterThan(0.8);
    expect(summary.data).toEqual({ train: 96, labelled: 0, test: 80 });
    expect(summary.steps).toBe(72);
    expect(Object.keys(summary.teachers)).toEqual(['early', 'first', 'vowels', 'fine']);
    // A teacher is judged on what its own space covers; the test set has labels for all but the hands.
    expect(summary.teachers['early']).toMatchObject({ samples: 60, space: 'early', classes: 3, trained: false });
    expect(summary.teachers['vowels']!.accuracy).toBeGreaterThan(0.8);
    expect(summary.teachers['fine']!.samples).toBe(0);
    expect(summary.history.at(-1)!['trainAccuracy']).toBeUndefined();
    expect(summary.history.at(-1)!['term/early']).toBeLessThan(summary.history[0]!['term/early']!);
  });

  test('other tasks speak to heads of their own, with classes and with values', async () => {
    const { x, letter, hand, place } = samples(96, 2);
    const summary = await summaryOf(config({
      data: { train: dataset(96, 1), test: fromArrays({ inputs: { x: { shape: [INPUTS], values: x } }, labels: { letter, hand, place } }) },
      teachers: {
        letters: { predict: knowsLetters, speaks: 'letter' },
        hands: { predict: knowsHands, speaks: 'hand' },
        places: { predict: knowsPlaces, speaks: 'place' },
      },
      student: { model: threeHeads as ModelFactory, heads: { letter: 'letters', hand: 'hands', place: 'places' } },
      train: { epochs: 16, batchSize: 16, optimizer: ['adam', { learningRate: 0.03 }] },
    }));
    expect(summary.objective).toBe('L = α(0.5)·CE@letter + (1−α)·[ 1.0·KL(T=4)@letter⟨mean: letters⟩ + 1.0·KL(T=4)@hand⟨mean: hands⟩ + 1.0·MSE@place⟨mean: places⟩ ]');
    expect(summary.student.heads['letter']!.accuracy).toBe(summary.student.accuracy);
    expect(summary.student.heads['hand']!.accuracy).toBeGreaterThan(0.8);
    expect(summary.student.heads['place']!.meanSquaredError).toBeLessThan(0.3);
    const said = tf.tidy(() => [...(knowsPlaces({ x: tf.tensor2d(x, [96, INPUTS]) }) as Tensor2D).dataSync()]);
    expect(summary.teachers['places']!.meanSquaredError).toBeCloseTo(said.reduce((sum, value, i) => sum + (value - place[i]!) ** 2, 0) / said.length, 5);
    expect(summary.teachers['places']).toMatchObject({ samples: 96, classes: 2 });
    expect(summary.history.at(-1)!['term/place']).toBeLessThan(summary.history[0]!['term/place']!);
  });

  test('a values head learns from labels, of which some are missing', async () => {
    const { x, place } = samples(64, 1);
    for (let row = 0; row < 64; row += 3) place[row * 2] = Number.NaN;
    const summary = await summaryOf(config({
      data: { train: fromArrays({ inputs: { x: { shape: [INPUTS], values: x } }, labels: { place } }) },
      teachers: {},
      student: { model: net({ out: 2 }) as ModelFactory, heads: { place: 'logits' } },
      train: { epochs: 6, batchSize: 16, optimizer: ['adam', { learningRate: 0.03 }] },
    }));
    expect(summary.data.labelled).toBe(42);
    expect(summary.objective).toBe('L = MSE@place');
    expect(summary.history.at(-1)!['loss']).toBeLessThan(summary.history[0]!['loss']! / 2);
  });
});

describe('kinds of teachers', () => {
  const only = (teacher: NonNullable<KdConfig['teachers']>[string]): KdConfig => config({ teachers: { letters: teacher }, alpha: 0 });

  test('layers model, graph model, function and async function that answer alike give the same student', async () => {
    const layersTeacher = sequential({ layers: [layers.dense({ units: 4, useBias: false, inputShape: [INPUTS] })] });
    const kernel = tf.tidy(() => tf.concat([tf.mul(tf.eye(4), 3), tf.zeros([1, 4])]) as Tensor2D);
    layersTeacher.setWeights([kernel]);
    const graph = {
      inputs: [{ name: 'x', shape: [-1, INPUTS], dtype: 'float32' }],
      outputs: [{ name: 'y' }],
      predict: () => { throw new Error('not asked for'); },
      execute: ({ x }: { x: Tensor2D }, outputs: string[]) => (expect(outputs).toEqual(['y']), tf.matMul(x, kernel)),
    };
    const expected = await summaryOf(only({ predict: knowsLetters, speaks: 'letter' }));
    const others = [
      { model: layersTeacher, speaks: 'letter' },
      { model: graph as never, speaks: 'letter' },
      { predict: (inputs) => Promise.resolve(knowsLetters(inputs)), speaks: 'letter' },
      { predict: async (inputs) => { await Promise.resolve(); return tf.tidy(() => knowsLetters(inputs) as Tensor2D); }, speaks: 'letter' },
      { predict: (inputs) => ({ logits: knowsLetters(inputs) as Tensor2D }), speaks: 'letter' },
      { predict: (inputs) => tf.softmax(knowsLetters(inputs) as Tensor2D), speaks: 'letter', gives: 'probabilities' },
      { predict: (inputs) => tf.logSoftmax(knowsLetters(inputs) as Tensor2D), speaks: 'letter', gives: 'log-probabilities' },
    ] satisfies NonNullable<KdConfig['teachers']>[string][];
    for (const [i, teacher] of others.entries()) {
      const { student, history } = await summaryOf(only(teacher));
      if (i < 5) expect(student.hash, `teacher ${i}`).toBe(expected.student.hash);
      else expect(history.at(-1)!['loss']).toBeCloseTo(expected.history.at(-1)!['loss']!, 4);
    }
    layersTeacher.dispose();
  });

  test.each([undefined, (_name: string, fn: PureFunction) => Object.assign(fn, { dispose() {} })])('a graph model gives the features that it is asked for, whatever it was asked for before: compiled by %o', (compile) => {
    const graph = { outputs: [{ name: 'y' }], execute: ({ x }: NamedTensors, outputs: string[]) => outputs.map((name) => tf.mul(x!, { y: 2, near: 3, far: 4 }[name]!)) };
    const teacher = graphTeacher({ id: 'g', space: resolveLabelSpaces({ letter: ['a', 'b'] }).get('letter')!, graph, hash: 'h', parameters: 0, inputs: (batch) => ({ x: batch['x']! }), inputNames: ['x'], compile });
    const said = (features: readonly string[]): unknown => Object.fromEntries(Object.entries(teacher.signals({ x: tf.ones([1, 2]) }, features) as NamedTensors).map(([name, tensor]) => [name, tensor.dataSync()[0]]));
    expect([[], ['near'], ['far', 'near'], []].map(said)).toEqual([{ logits: 2 }, { logits: 2, 'features/near': 3 }, { logits: 2, 'features/far': 4, 'features/near': 3 }, { logits: 2 }]);
  });

  test('a certain teacher may say the logarithm of 0, as it may say a probability of 0', async () => {
    const certain = (inputs: Record<string, tf.Tensor>): Tensor2D => tf.oneHot(tf.argMax(knowsLetters(inputs) as Tensor2D, 1), 4, 1, 0, 'float32') as Tensor2D;
    const expected = await summaryOf(only({ predict: certain, speaks: 'letter', gives: 'probabilities' }));
    const received = await summaryOf(only({ predict: (inputs) => tf.log(certain(inputs)), speaks: 'letter', gives: 'log-probabilities' }));
    expect(received.student.accuracy).toBe(expected.student.accuracy);
    expect(received.history.at(-1)!['loss']).toBeCloseTo(expected.history.at(-1)!['loss']!, 4);
  });

  test('a teacher that ends in a softmax and is trained here answers with logits, whatever the config says', async () => {
    const trained = (gives?: 'probabilities'): KdConfig => {
      const model: ModelFactory = () => sequential({ layers: [layers.dense({ inputShape: [INPUTS], units: 4, activation: 'softmax' })] });
      return config({ teachers: { letters: { model, speaks: 'letter', train: { epochs: 1, batchSize: 16 }, ...(gives ? { gives } : {}) } } });
    };
    const said = await summaryOf(trained('probabilities'));
    expect(said.student.hash).toBe((await summaryOf(trained())).student.hash);
  });

  test('a teacher that gives its own input back is left alone', async () => {
    const back = await summaryOf(config({
      labels: { letter: ['a', 'b', 'c', 'd', 'e'] }, alpha: 0,
      teachers: { same: { predict: ({ x }) => x!, speaks: 'letter' } }, student: { model: net({ out: 5 }) as ModelFactory },
      data: { train: dataset(32, 1, 'none') },
    }));
    const later = await summaryOf(config({
      labels: { letter: ['a', 'b', 'c', 'd', 'e'] }, alpha: 0,
      teachers: { same: { predict: async ({ x }) => x!, speaks: 'letter' } }, student: { model: net({ out: 5 }) as ModelFactory },
      data: { train: dataset(32, 1, 'none') },
    }));
    expect(later.student.hash).toBe(back.student.hash);
  });

  test('each teacher has a preprocess of its own, and so has the student', async () => {
    const halved = (x: number) => ({ x: values }: Record<string, tf.Tensor>) => ({ x: tf.mul(values!, x) });
    const plain = await summaryOf(only({ predict: knowsLetters, speaks: 'letter' }));
    const asFunction = await summaryOf(only({ predict: ({ x }) => knowsLetters({ x: tf.mul(x!, 0.5) }), preprocess: halved(2), speaks: 'letter' }));
    expect(asFunction.student.hash).toBe(plain.student.hash);

    const teacher = net({ hidden: 5 })();
    const doubled = await summaryOf(only({ model: teacher, preprocess: halved(2), speaks: 'letter' }));
    const asItIs = await summaryOf(only({ model: teacher, speaks: 'letter' }));
    expect(doubled.student.hash).not.toBe(asItIs.student.hash);
    expect(doubled.hashes.distillationData).not.toBe(asItIs.hashes.distillationData);
    teacher.dispose();

    const source = { kind: 'teacher' as const, name: 'remote', summary: 'Asks.', create: () => ({ open: async ({ id, space }: { id: string; space: LabelSpace }) => functionTeacher({ id, space, predict: ({ x }) => knowsLetters({ x: tf.mul(x!, 0.5) }), hash: 'h' }) }) };
    const plugins = [definePlugin({ name: 'acme', strategies: [source] })];
    const asSource = await summaryOf({ ...only({ source: 'remote', preprocess: halved(2), speaks: 'letter' }), plugins });
    expect(asSource.student.hash).toBe(plain.student.hash);

    const seen: number[] = [];
    await summaryOf(config({ student: { model: net() as ModelFactory, heads: { letter: 'logits' }, preprocess: ({ x }) => (seen.push(x!.shape[0]!), { x: tf.mul(x!, 0) }) } }));
    expect(seen).toContain(16);
  });

  test('models and functions of two modalities read the inputs that they name', async () => {
    const { x, letter } = samples(48);
    const left = Float32Array.from({ length: 48 * 2 }, (_, i) => x[(i >> 1) * INPUTS + (i & 1)]!);
    const right = Float32Array.from({ length: 48 * 3 }, (_, i) => x[Math.floor(i / 3) * INPUTS + 2 + (i % 3)]!);
    const data = fromArrays({ inputs: { left: { shape: [2], values: left }, right: { shape: [3, 1], values: right } }, labels: { letter } });
    const twoInputs = (a: string, b: string) => (): LayersModel => {
      const inputs = [input({ shape: [2], name: a }), input({ shape: [3], name: b })];
      const joined = layers.concatenate().apply(inputs);
      return model({ inputs, outputs: layers.dense({ units: 4, name: 'logits' }).apply(joined) as ReturnType<typeof input> });
    };
    let heard: string[] = [];
    const teachers: KdConfig['teachers'] = {
      both: { model: twoInputs('left', 'right') as ModelFactory, speaks: 'letter' },
      renamed: { model: twoInputs('p', 'q') as ModelFactory, inputs: ['left', 'right'], speaks: 'letter' },
      one: { predict: (inputs) => { heard = Object.keys(inputs); return tf.pad(inputs['left'] as Tensor2D, [[0, 0], [0, 2]]); }, inputs: ['left'], speaks: 'letter' },
    };
    const summary = await summaryOf(config({ data: { train: data, test: data }, teachers, student: { model: twoInputs('left', 'right') as ModelFactory } , labels: { letter: ['a', 'b', 'c', 'd'] } }));
    expect(summary.student.accuracy).toBeGreaterThan(0);
    expect(heard).toEqual(['left']);
    expect(summary.teachers['renamed']!.parameters).toBe(24);
  });
});
