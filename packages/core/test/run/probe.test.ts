import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { input, layers, model, type LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { defineAlphaScheduler, definePlugin, distill, startWasm, type Judgement, type KdConfig, type Plugin, type Predict, type ProbeResult, type RunFacts } from '../../src/index.ts';
import { config, dataset, INPUTS, knowsHands, knowsPlaces, knowsVowels, linear, samples, summaryOf } from '../small-task.ts';

beforeAll(() => startWasm());

interface Batch {
  readonly step: number;
  readonly rows: readonly number[];
  readonly labels: readonly number[];
  /** The part that carries labels. */
  readonly labelled: number;
}

interface Watched {
  readonly plugin: Plugin;
  facts?: RunFacts;
  readonly probes: ProbeResult[];
  readonly batches: Batch[];
}

/** An α of 0.5 that holds out labels until a step, probes at some steps, and writes down what it is told. */
function watching({ heldOut, most = 100, due, release }: { heldOut: number; most?: number; due: (step: number) => boolean; release: number }): Watched {
  const scheduler = defineAlphaScheduler({
    name: 'watching', summary: 'As the test says.',
    create: () => ({
      label: 'watching',
      init: (facts) => ((watched.facts = facts), null),
      value: () => ({ alpha: 0.5 }),
      probe: { most, holdOut: () => heldOut, due: (_, { step }) => due(step), update: (state, result) => (watched.probes.push(result), state), released: (_, { step }) => step >= release },
    }),
  });
  const plugin = definePlugin({
    name: 'watching', strategies: [scheduler],
    apply: ({ hooks }) => {
      hooks.batch.tapPromise('watching', async (batch, { progress: { step } }) => {
        const [rows, labels] = await Promise.all(['rows', 'labels/letter'].map((name) => batch.tensors[name]!.data()));
        watched.batches.push({ step, rows: [...rows!], labels: [...labels!], labelled: batch.layout.labelled?.[1] ?? 0 });
        return batch;
      });
      // The student that was judged is the one that the run ends with.
      hooks.knobs.tap('watching', (knobs, { progress }) => (progress.step < 3 ? knobs : { ...knobs, learningRate: 0 }));
    },
  });
  const watched: Watched = { plugin, probes: [], batches: [] };
  return watched;
}

const vowelish = { of: 'letter', shares: { yes: { a: 1, c: 0.25, d: 0.9 }, no: { b: 1, c: 0.75, d: 0.1 } } } as const;
/** The classes of each granularity, as shares of the letters' probabilities. */
const seenAs: Readonly<Record<string, readonly (readonly number[])[]>> = {
  letter: [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]],
  vowel: [[1, 0, 0, 1], [0, 1, 1, 0]],
  vowelish: [[1, 0, 0.25, 0.9], [0, 1, 0.75, 0.1]],
};
/** Takes `a` for `b` and `b` for `a`. */
const confused = linear([[0, 3, 0, 0], [3, 0, 0, 0], [0, 0, 3, 0], [0, 0, 0, 3], [0, 0, 0, 0]]);
const teachers: Readonly<Record<string, Predict>> = { letter: confused, vowel: knowsVowels, vowelish: knowsVowels };

const { x, letter, hand } = samples(48);
/** Every sixth sample has no letter, but a hand. */
const letters = letter.map((label, row) => (row % 6 === 5 ? -1 : label));
const best = (values: readonly number[]): number => values.indexOf(Math.max(...values));
const rowsOf = (tensor: tf.Tensor): number[][] => (tensor as Tensor2D).arraySync();
const labelIn = (granularity: string, label: number): number => (label < 0 ? -1 : seenAs[granularity]!.findIndex((shares) => shares[label] === 1));
const saidOf = (granularity: string): number[] => tf.tidy(() => rowsOf(teachers[granularity]!({ x: tf.tensor2d(x, [48, INPUTS]) }) as tf.Tensor).map(best));

function expected(granularity: string, rows: readonly number[], logits: readonly (readonly number[])[]): Judgement {
  const said = saidOf(granularity);
  const counts = { count: 0, teacherOnly: 0, studentOnly: 0, sameWrong: 0 };
  for (const row of rows) {
    const label = labelIn(granularity, letters[row]!);
    if (label < 0) continue;
    const own = best(seenAs[granularity]!.map((shares) => shares.reduce((sum, share, i) => sum + share * Math.exp(logits[row]![i]!), 0)));
    counts.count++;
    if (said[row] === label && own !== label) counts.teacherOnly++;
    if (said[row] !== label && own === label) counts.studentOnly++;
    if (said[row] !== label && own === said[row]) counts.sameWrong++;
  }
  return counts;
}

const threeHeads = (): LayersModel => {
  const given = input({ shape: [INPUTS], name: 'x' });
  const hidden = layers.dense({ units: 8, activation: 'relu' }).apply(given);
  return model({ inputs: given, outputs: Object.entries({ letters: 4, hands: 2, places: 2 }).map(([name, units]) => layers.dense({ units, name }).apply(hidden) as ReturnType<typeof input>) });
};

describe('labels that are held out', () => {
  test('judge teachers and student on the first head, are hidden until they are released, and then seen', async () => {
    const watched = watching({ heldOut: 15, due: (step) => step === 5, release: 6 });
    const mine = threeHeads();
    const own: KdConfig = config({
      data: { train: dataset(48, 1, { letter: letters, hand }) },
      labels: { ...config().labels, vowelish },
      teachers: {
        letters: { predict: confused, speaks: 'letter' }, vowels: { predict: knowsVowels, speaks: 'vowel' }, vowelish: { predict: knowsVowels, speaks: 'vowelish' },
        hands: { predict: knowsHands, speaks: 'hand' }, places: { predict: knowsPlaces, speaks: 'place' },
      },
      student: { model: mine, heads: { letter: 'letters', hand: 'hands', place: 'places' } },
      distillationData: { topK: 2 }, alpha: 'watching', plugins: [watched.plugin],
      train: { epochs: 3, batchSize: 16, optimizer: ['sgd', { learningRate: 0.3 }] },
    });
    await distill(own);
    const before = watched.batches.filter(({ step }) => step < 6);
    const hiddenRows = before.flatMap(({ rows, labels }) => rows.filter((row, i) => letters[row]! >= 0 && labels[i] === -1));
    const heldOut = [...new Set(hiddenRows)];
    expect([heldOut.length, hiddenRows.length]).toEqual([15, 30]);
    for (const { step, rows, labels } of watched.batches) rows.forEach((row, i) => expect(labels[i]).toBe(step < 6 && heldOut.includes(row) ? -1 : letters[row]));

    const known = [...letters.keys()].filter((row) => letters[row]! >= 0);
    const judged = (name: string): object => {
      const covered = known.filter((row) => labelIn(name, letters[row]!) >= 0);
      const said = saidOf(name);
      return { name, classes: seenAs[name]!.length, full: name === 'letter', judged: { covered: covered.length, correct: covered.filter((row) => said[row] === labelIn(name, letters[row]!)).length } };
    };
    expect(watched.facts).toEqual({ steps: 9, epochs: 3, labelled: 40, unjudged: 1, granularities: [...Object.keys(seenAs).map(judged), { name: 'hand', classes: 2, full: true }] });

    const logits = tf.tidy(() => rowsOf((mine.predict(tf.tensor2d(x, [48, INPUTS])) as tf.Tensor[])[0]!));
    const right = heldOut.filter((row) => best(logits[row]!) === letters[row]).length;
    const granularities = Object.fromEntries(Object.keys(seenAs).map((name) => [name, expected(name, heldOut, logits)]));
    expect(watched.probes).toEqual([{ granularities, studentAccuracy: right / 15 }]);
    mine.dispose();
  });

  test('are no part of balanced batches before; each probe looks at some of them, others each time', async () => {
    const watched = watching({ heldOut: 15, most: 4, due: (step) => step >= 3 && step < 12, release: 12 });
    const data = { train: dataset(48, 1, { letter: letters }) };
    await summaryOf(config({ data, alpha: 'watching', plugins: [watched.plugin], train: { epochs: 16, batchSize: 16, labelledBatchSize: 16, optimizer: ['sgd', { learningRate: 0.3 }] } }));
    const drawn = watched.batches.map(({ step, rows, labels, labelled }) => ({ step, rows: rows.slice(0, labelled), labels: labels.slice(0, labelled) }));
    for (const { rows, labels } of drawn) expect(labels).toEqual(rows.map((row) => letters[row]));
    const rowsUntil = (from: number, to: number): number => new Set(drawn.filter(({ step }) => step >= from && step < to).flatMap(({ rows }) => rows)).size;
    expect(rowsUntil(0, 12)).toBe(25);
    expect(rowsUntil(12, 48)).toBe(40);
    expect(watched.probes.map(({ granularities, studentAccuracy }) => [granularities['letter']!.count, Number.isInteger(4 * studentAccuracy)])).toEqual(Array.from({ length: 9 }, () => [4, true]));
    expect(new Set(watched.probes.map((probe) => JSON.stringify(probe))).size).toBeGreaterThan(1);
  });
});
