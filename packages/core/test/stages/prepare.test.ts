import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { defineAggregator, definePlugin, startWasm, targetOf, type JudgedSignals, type KdConfig } from '../../src/index.ts';
import { expectClose } from '../../../../test/golden/golden-cases.ts';
import { config, dataset, INPUTS, knowsEarly, knowsFine, knowsLetters, knowsVowels, samples, summaryOf } from '../small-task.ts';

beforeAll(() => startWasm());

const SIZE = 48;
const { letter, x } = samples(SIZE);
const asked = letter.map((label, row) => (row % 3 === 0 ? -1 : label));

/** What the aggregators of a run are shown, by the number of their classes, and what they are handed back in the steps. */
async function shown(changes: Partial<KdConfig>): Promise<{ judged: Record<number, JudgedSignals>; back: Set<unknown> }> {
  const judged: Record<number, JudgedSignals> = {};
  const back = new Set<unknown>();
  const looking = defineAggregator({
    name: 'looking', summary: '',
    create: () => ({
      label: 'looking',
      prepare: (signals) => (judged[signals.classes] = signals, { seen: signals.classes }),
      aggregate: ({ signals, classes }, prepared) => (back.add(JSON.stringify([classes, prepared])), { target: targetOf(signals[0]!.logits) }),
    }),
  });
  await summaryOf(config({ data: { train: dataset(SIZE, 1, { letter: asked }) }, plugins: [definePlugin({ name: 'acme', strategies: [looking] })], aggregation: 'looking', ...changes }));
  return { judged, back };
}

/** A teacher's logits on some samples. */
function answers(predict: typeof knowsLetters, rows: readonly number[]): number[] {
  return tf.tidy(() => Array.from((predict({ x: tf.gather(tf.tensor2d(x, [SIZE, INPUTS]), [...rows]) }) as Tensor2D).dataSync()));
}

describe('an aggregator that looks at labelled samples first', () => {
  const labelled = Array.from(asked.keys()).filter((row) => asked[row]! >= 0);

  test('sees labels and answers in its own granularity, and is handed what it made of them', async () => {
    const { judged, back } = await shown({ teachers: { vowels: { predict: knowsVowels, speaks: 'vowel' }, early: { predict: knowsEarly, speaks: 'early' }, letters: { predict: knowsLetters, speaks: 'letter' } } });
    expect(Object.keys(judged)).toEqual(['2', '3', '4']);
    const seen = { 2: ['vowels', knowsVowels, [0, 1, 1, 0]], 3: ['early', knowsEarly, [0, 1, 2, -1]], 4: ['letters', knowsLetters, [0, 1, 2, 3]] } as const;
    for (const [classes, [teacher, predict, own]] of Object.entries(seen)) {
      const { labels, teachers } = judged[Number(classes)]!;
      expect(Array.from(labels)).toEqual(labelled.map((row) => own[letter[row]!]));
      expect(teachers.map((one) => [one.teacher, one.classes])).toEqual([[teacher, Number(classes)]]);
      expectClose(Array.from(teachers[0]!.logits), answers(predict, labelled));
    }
    expect([...back].sort()).toEqual([2, 3, 4].map((classes) => JSON.stringify([classes, { seen: classes }])));
  });

  test('sees a finer teacher as it is heard: summed into its own classes', async () => {
    const { judged } = await shown({ teachers: { fine: { predict: knowsFine, speaks: 'fine' } } });
    const fine = answers(knowsFine, labelled);
    expect(judged[4]!.teachers[0]!.classes).toBe(4);
    expectClose(Array.from(judged[4]!.teachers[0]!.logits), Array.from({ length: fine.length / 2 }, (_, i) => Math.log(Math.exp(fine[2 * i]!) + Math.exp(fine[2 * i + 1]!))));
  });
});
