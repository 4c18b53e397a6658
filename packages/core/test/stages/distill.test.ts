import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { input, layers, model, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { distill, fromArrays, MemoryWorkspace, startWasm, type KdConfig, type ModelFactory } from '../../src/index.ts';
import { expectClose } from '../../../../test/golden/golden-cases.ts';
import {
  config, dataset, INPUTS, knowsEarly, knowsFine, knowsFirst, knowsHands, knowsLetters, knowsPlaces, knowsVowels, net, samples, summaryOf, weightsOf,
} from '../small-task.ts';

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
    expect(summary.teachers['places']).toMatchObject({ samples: 192, classes: 2 });
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

describe('labels and batches', () => {
  test('no labels at all is the same as α = 0, no teachers the same as α = 1', async () => {
    const unlabelled = await summaryOf(config({ data: { train: dataset(48, 1, 'none') } }));
    const zero = await summaryOf(config({ alpha: 0, data: { train: dataset(48) } }));
    expect(unlabelled.student.hash).toBe(zero.student.hash);
    const alone = await summaryOf(config({ teachers: {} }));
    const one = await summaryOf(config({ alpha: 1 }));
    expect(alone.student.hash).toBe(one.student.hash);
    expect(alone.student.hash).not.toBe(zero.student.hash);
  });

  test('batches are joint when every sample has a label, balanced when some have none', async () => {
    const letter = samples(48).letter.map((label, row) => (row % 3 === 0 ? label : -1));
    const some = (batches: 'auto' | 'balanced' | 'joint'): KdConfig => config({ data: { train: dataset(48, 1, { letter }) }, train: { ...config().train, batches } });
    const auto = await summaryOf(some('auto'));
    expect(auto.data.labelled).toBe(16);
    expect((await summaryOf(some('balanced'))).student.hash).toBe(auto.student.hash);
    expect((await summaryOf(some('joint'))).student.hash).not.toBe(auto.student.hash);

    const full = (batches: 'auto' | 'joint'): KdConfig => config({ train: { ...config().train, batches } });
    expect((await summaryOf(full('auto'))).student.hash).toBe((await summaryOf(full('joint'))).student.hash);
    const picked = await summaryOf(config({ data: { train: dataset(48), labelled: 8 } }));
    expect(picked.data.labelled).toBe(8);
  });

  test('baseline and ceiling are the same student without teachers, on its labels and on all of them', async () => {
    const few = { train: dataset(48), test: dataset(40, 2), labelled: 8 };
    const summary = await summaryOf(config({ data: few, compare: { baseline: true, ceiling: true } }));
    expect(summary.student.hash).toBe((await summaryOf(config({ data: few }))).student.hash);
    expect(summary.baseline!.hash).toBe((await summaryOf(config({ data: few, compare: { baseline: true } }))).baseline!.hash);
    expect(new Set([summary.student.hash, summary.baseline!.hash, summary.ceiling!.hash]).size).toBe(3);
    expect(summary.ceiling!.accuracy).toBe(summary.ceiling!.heads['letter']!.accuracy);
    expect(summary.data.labelled).toBe(8);
  });
});

describe('seeds', () => {
  const noisy = (seed: number): KdConfig => config({
    seed, student: { model: net({ noisy: true }) as ModelFactory, heads: { letter: 'logits' } },
    teachers: { letters: { predict: knowsLetters, speaks: 'letter' }, vowels: { model: net({ out: 2 }) as ModelFactory, speaks: 'vowel', train: { epochs: 1, batchSize: 16 } } },
  });

  test('a seed repeats the run to the bit, batch norm and dropout without names included; another gives another', async () => {
    const first = await summaryOf(noisy(5));
    expect(await summaryOf(noisy(5))).toEqual(first);
    const other = await summaryOf(noisy(6));
    expect(other.student.hash).not.toBe(first.student.hash);
    expect(other.teachers['vowels']!.hash).not.toBe(first.teachers['vowels']!.hash);
  });

  test('two runs at once do not disturb each other', async () => {
    const alone = [await summaryOf(noisy(5)), await summaryOf(noisy(6))];
    expect(await Promise.all([summaryOf(noisy(5)), summaryOf(noisy(6))])).toEqual(alone);
  });

  test('Math.random is as it was after a build, also after one that fails and after two at once', async () => {
    const current = (): unknown => Reflect.get(Math, 'random');
    const before = current();
    const slow = (wait: number): ModelFactory => async () => {
      await new Promise((resolve) => setTimeout(resolve, wait));
      return net()();
    };
    await Promise.all([summaryOf(config({ student: { model: slow(5) } , labels: { letter: ['a', 'b', 'c', 'd'] } })), summaryOf(config({ student: { model: slow(30) }, labels: { letter: ['a', 'b', 'c', 'd'] } }))]);
    expect(current()).toBe(before);
    await expect(distill(config({ student: { model: () => { throw new Error('no model today'); } } }))).rejects.toThrow('no model today');
    expect(current()).toBe(before);
  });
});

describe('models that the user gives', () => {
  test('the layers model itself holds the trained weights', async () => {
    const mine = net()();
    const before = weightsOf(mine);
    const { student, summary } = await distill(config({ student: { model: mine, heads: { letter: 'logits' } }, train: { epochs: 8, batchSize: 16, optimizer: ['adam', { learningRate: 0.05 }] } }));
    expect(student.layersModel).toBe(mine);
    expect(weightsOf(mine)).not.toEqual(before);
    const { x, letter } = samples(40, 2);
    const answers = tf.tidy(() => tf.argMax(mine.predict(tf.tensor2d(x, [40, INPUTS])) as Tensor2D, 1).dataSync());
    expect(letter.filter((label, row) => answers[row] === label).length / 40).toBe(summary.student.accuracy);
    mine.dispose();
  });

  test('a softmax at the end is left out in training and stays in the model, however often the model is used', async () => {
    const weights = weightsOf(net()());
    const with_ = (softmax: boolean): LayersModel => {
      const made = net({ softmax })();
      made.setWeights(made.getWeights().map((tensor, i) => tf.tensor(weights[i]!, tensor.shape)));
      return made;
    };
    const [plain, ended, teacher] = [with_(false), with_(true), net({ softmax: true, hidden: 3 })()];
    for (let round = 0; round < 2; round++) {
      const teachers: KdConfig['teachers'] = { letters: { model: teacher, speaks: 'letter' } };
      const expected = await distill(config({ teachers, student: { model: plain, heads: { letter: 'logits' } } }));
      const received = await distill(config({ teachers, student: { model: ended, heads: { letter: 'logits' } } }));
      // A softmax keeps the layer from being one fused operation, so the last digits differ.
      weightsOf(ended).forEach((values, i) => expectClose(values, weightsOf(plain)[i]!));
      expectClose(Object.values(received.summary.history.at(-1)!), Object.values(expected.summary.history.at(-1)!));
    }
    const [sum] = tf.tidy(() => tf.sum(ended.predict(tf.ones([1, INPUTS])) as Tensor2D).dataSync());
    expect(sum).toBeCloseTo(1);
    for (const each of [plain, ended, teacher]) each.dispose();
  });

  test('the config is as it was', async () => {
    const own = { ...config(), train: { epochs: 1, batchSize: 16 }, labels: { letter: ['a', 'b', 'c', 'd'] } };
    await summaryOf(own, { workspace: new MemoryWorkspace() });
    own.train.epochs = 2;
    own.labels.letter[0] = 'A';
    expect((await summaryOf(own)).steps).toBe(6);
  });
});
