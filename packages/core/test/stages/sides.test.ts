import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { defineAlphaScheduler, definePlugin, distill, fromArrays, startWasm, type KdConfig, type ModelFactory, type Plugin, type RunContext } from '../../src/index.ts';
import { expectClose } from '../../../../test/golden/golden-cases.ts';
import { config, dataset, INPUTS, knowsHands, knowsLetters, knowsVowels, net, samples, summaryOf, weightsOf } from '../small-task.ts';

beforeAll(() => startWasm());

const still = { epochs: 1, batchSize: 48, optimizer: ['sgd', { learningRate: 0 }] } as const;

/** Hears the numbers of every step of the student. */
function steps(): { plugin: Plugin; seen: (Readonly<Record<string, number>> & { readonly step: number })[] } {
  const seen: (Readonly<Record<string, number>> & { readonly step: number })[] = [];
  return { seen, plugin: definePlugin({ name: 'steps', apply: ({ hooks }) => hooks.stepEnd.tap('steps', (numbers, { progress }) => void seen.push({ ...numbers, step: progress.step })) }) };
}

/** The labelled rows of every batch, by unit. */
function labelledRows(): { plugin: Plugin; seen: (readonly [unit: string, rows: number])[] } {
  const seen: (readonly [string, number])[] = [];
  const tap = (layout: { labelled: readonly [number, number] | undefined }, { unit }: RunContext): void => void seen.push([unit, layout.labelled ? layout.labelled[1] - layout.labelled[0] : 0]);
  return { seen, plugin: definePlugin({ name: 'labelled', apply: ({ hooks }) => hooks.batch.tapPromise('labelled', async (batch, context) => (tap(batch.layout, context), batch)) }) };
}

describe('what a term counts', () => {
  test('its weight in its side, times the trust in its granularity', async () => {
    const trusting = defineAlphaScheduler({ name: 'trusting', summary: 'Trusts letters more.', create: () => ({ label: 'trusting', init: () => null, value: () => ({ alpha: 0.25, trust: { letter: 1.5, vowel: 0.5 } }) }) });
    const own: Partial<KdConfig> = {
      train: still, plugins: [definePlugin({ name: 'acme', strategies: [trusting] })],
      teachers: { letters: { predict: knowsLetters, speaks: 'letter' }, vowels: { predict: knowsVowels, speaks: 'vowel' } },
      hard: { letter: { loss: 'cross-entropy', weight: 0.5 }, vowel: 'cross-entropy' }, soft: { letter: { loss: 'kl-divergence', weight: 2 }, vowel: 'kl-divergence' },
    };
    for (const [alpha, letter, vowel] of [[0.25, 2, 1], ['trusting', 2 * 1.5, 0.5]] as const) {
      const [epoch] = (await summaryOf(config({ ...own, alpha }))).history as [Record<string, number>];
      const hard = 0.5 * epoch['term/hard/letter']! + epoch['term/hard/vowel']!;
      const soft = letter * epoch['term/letter']! + vowel * epoch['term/vowel']!;
      expectClose([epoch['hard']!, epoch['soft']!, epoch['loss']!], [hard, soft, 0.25 * hard + 0.75 * soft]);
    }
  });

  test.each(['letter', 'place'] as const)('the mean over the samples that have a label: %s', async (space) => {
    const all = samples(48);
    const rows = [...Array(48).keys()].filter((row) => row % 3 === 0);
    const some = {
      letter: all.letter.map((label, row) => (row % 3 === 0 ? label : -1)),
      place: all.place.map((value, i) => ((i >> 1) % 3 === 0 ? value : Number.NaN)),
    }[space];
    const width = some.length / 48;
    const alone = fromArrays({
      inputs: { x: { shape: [INPUTS], values: rows.flatMap((row) => [...all.x.subarray(row * INPUTS, (row + 1) * INPUTS)]) } },
      labels: { [space]: rows.flatMap((row) => [...all[space].subarray(row * width, (row + 1) * width)]) },
    });
    const student = { model: net({ out: space === 'letter' ? 4 : 2 }) as ModelFactory, heads: { [space]: 'logits' } };
    const hardOf = async (train: KdConfig['data']['train']): Promise<number> => (await summaryOf(config({ data: { train }, teachers: {}, student, train: { ...still, batches: 'joint' } }))).history[0]!['hard']!;
    expect(await hardOf(dataset(48, 1, { [space]: some }))).toBeCloseTo(await hardOf(alone), 5);
  });

  test('an epoch’s numbers are the means of its own steps, as far as they are known', async () => {
    const late = defineAlphaScheduler({ name: 'late', summary: 'Labels alone at first.', create: () => ({ label: 'late', init: () => null, value: (_, { step }) => ({ alpha: step < 2 ? 1 : 0.5 }) }) });
    const { plugin, seen } = steps();
    const { history } = await summaryOf(config({ data: { train: dataset(48), labelled: 12 }, alpha: 'late', plugins: [plugin, definePlugin({ name: 'acme', strategies: [late] })] }));
    expect(seen.map((numbers) => Number.isNaN(numbers['term/letter']))).toEqual([true, true, false, false, false, false]);
    for (const [epoch, means] of history.entries()) {
      for (const name of ['loss', 'term/letter', 'term/hard/letter', 'trainAccuracy']) {
        const known = seen.slice(3 * epoch, 3 * epoch + 3).map((numbers) => numbers[name]!).filter((value) => !Number.isNaN(value));
        expect(means[name], `${name} of epoch ${epoch}`).toBeCloseTo(known.reduce((sum, value) => sum + value, 0) / known.length, 6);
      }
    }
  });
});

describe('settings of a training', () => {
  /** By how much the weights move at most, and in all, from where they began. */
  async function moved(train: NonNullable<KdConfig['train']>): Promise<{ most: number; norm: number }> {
    const mine = net()();
    const before = weightsOf(mine).flat();
    await distill(config({ student: { model: mine, heads: { letter: 'logits' } }, train }));
    const by = weightsOf(mine).flat().map((value, i) => value - before[i]!);
    mine.dispose();
    return { most: Math.max(...by.map(Math.abs)), norm: Math.hypot(...by) };
  }

  test('the learning rate follows its schedule from the first step on', async () => {
    const { plugin, seen } = steps();
    await summaryOf(config({ plugins: [plugin], train: { ...config().train, schedule: 'linear', optimizer: ['sgd', { learningRate: 0.6 }] } }));
    expectClose(seen.map(({ learningRate }) => learningRate!), [0.6, 0.5, 0.4, 0.3, 0.2, 0.1]);
  });

  test('adam’s first step is as long as the learning rate', async () => {
    expect((await moved({ epochs: 1, batchSize: 48, optimizer: ['adam', { learningRate: 0.05 }] })).most).toBeCloseTo(0.05, 4);
  });

  test('gradients are clipped', async () => {
    expect((await moved({ epochs: 1, batchSize: 48, clipNorm: 0.01, optimizer: ['sgd', { learningRate: 1 }] })).norm).toBeCloseTo(0.01, 5);
  });

  test('labels: as many a batch as asked for; of what is compared, the baseline sees those of the student and the ceiling all', async () => {
    const { plugin, seen } = labelledRows();
    await summaryOf(config({ plugins: [plugin], data: { train: dataset(48), labelled: 20 }, compare: { baseline: true, ceiling: true } }));
    const seenBy = (unit: string): number[] => [...new Set(seen.filter(([own]) => own === unit).map(([, rows]) => rows))];
    expect([seenBy('distill'), seenBy('distill/baseline'), seenBy('distill/ceiling')]).toEqual([[8], [8], [16]]);
  });

  test('layers that are frozen stay as they are', async () => {
    const mine: LayersModel = sequential({ layers: [layers.dense({ units: 6, activation: 'relu', inputShape: [INPUTS], trainable: false }), layers.dense({ units: 4, name: 'logits' })] });
    const [frozen, learning] = mine.layers as [(typeof mine.layers)[0], (typeof mine.layers)[0]];
    const before = [weightsOf(frozen), weightsOf(learning)];
    await distill(config({ student: { model: mine, heads: { letter: 'logits' } } }));
    expect(weightsOf(frozen)).toEqual(before[0]);
    expect(weightsOf(learning)).not.toEqual(before[1]);
    mine.dispose();
  });
});

test('an α for each sample sees teachers of all the first head’s classes, and every sample’s label', async () => {
  const heard: string[][] = [];
  const each = defineAlphaScheduler({
    name: 'each', summary: 'As the test says.',
    create: () => ({ label: 'each', init: () => null, value: () => ({ alpha: 0.5 }), perSample: ({ labels, targets, alpha }) => (heard.push(Object.keys(targets)), tf.mul(tf.onesLike(tf.cast(labels, 'float32')), alpha) as tf.Tensor1D) }),
  });
  const { plugin, seen } = labelledRows();
  const twoHeads = (): LayersModel => sequential({ layers: [layers.dense({ units: 2, inputShape: [INPUTS], name: 'hands' }), layers.dense({ units: 4, name: 'logits' })] });
  await summaryOf(config({
    plugins: [plugin, definePlugin({ name: 'acme', strategies: [each] })], alpha: 'each', data: { train: dataset(48), labelled: 20 },
    student: { model: twoHeads as ModelFactory, heads: { letter: 'logits', hand: 'hands' } },
    teachers: { letters: { predict: knowsLetters, speaks: 'letter' }, vowels: { predict: knowsVowels, speaks: 'vowel' }, hands: { predict: knowsHands, speaks: 'hand' } },
  }));
  expect(heard).toEqual(Array.from({ length: 6 }, () => ['letter']));
  expect(new Set(seen.map(([, rows]) => rows))).toEqual(new Set([16]));
});
