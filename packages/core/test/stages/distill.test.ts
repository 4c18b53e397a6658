import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { input, layers, model, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { distill, MemoryWorkspace, startWasm, type KdConfig, type ModelFactory } from '../../src/index.ts';
import { expectClose } from '../../../../test/golden/golden-cases.ts';
import { config, dataset, INPUTS, knowsLetters, net, samples, summaryOf, weightsOf } from '../small-task.ts';

beforeAll(() => startWasm());

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

test('a student is judged on the labels that the test data has', async () => {
  const { x, letter, place } = samples(40, 2);
  const known = { letter: letter.map((label, row) => (row % 4 === 1 ? -1 : label)), place: place.map((value, i) => (i % 3 === 0 || (i >> 1) % 4 === 2 ? Number.NaN : value)) };
  const given = input({ shape: [INPUTS], name: 'x' });
  const both = model({ inputs: given, outputs: [['letters', 4], ['places', 2]].map(([name, units]) => layers.dense({ units: Number(units), name: String(name) }).apply(given) as SymbolicTensor) });
  const { summary } = await distill(config({
    data: { train: dataset(48, 1, { letter: samples(48).letter, place: samples(48).place }), test: dataset(40, 2, known) },
    student: { model: both, heads: { letter: 'letters', place: 'places' } }, teachers: {},
  }));
  const [letters, places] = tf.tidy(() => (both.predict(tf.tensor2d(x, [40, INPUTS])) as Tensor2D[]).map((answer, i) => Array.from(i === 0 ? tf.argMax(answer, 1).dataSync() : answer.dataSync())));
  const right = letters!.filter((answer, row) => answer === known.letter[row]).length;
  const squares = [...known.place].flatMap((value, i) => (Number.isNaN(value) ? [] : [(places![i]! - value) ** 2]));
  expect(summary.student.heads['letter']).toEqual({ accuracy: right / 30, samples: 30 });
  expect(summary.student.heads['place']!.samples).toBe(30);
  expect(summary.student.heads['place']!.meanSquaredError).toBeCloseTo(squares.reduce((sum, value) => sum + value, 0) / squares.length, 4);
  both.dispose();
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
