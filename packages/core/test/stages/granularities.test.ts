import { beforeAll, describe, expect, test } from 'vitest';
import { defineLoss, definePlugin, MemoryWorkspace, resolveConfig, startWasm, type KdConfig, type LossInput } from '../../src/index.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { config, failure, knowsLetters, knowsVowels, summaryOf } from '../small-task.ts';

beforeAll(() => startWasm());

const soft = { of: 'letter', shares: { yes: { a: 1, c: 0.25, d: 0.9 }, no: { b: 1, c: 0.75, d: 0.1 } } } as const;
const vowels = { vowels: { predict: knowsVowels, speaks: 'vowelish' } };
const own = (changes: Partial<KdConfig> = {}): KdConfig => config({ labels: { letter: ['a', 'b', 'c', 'd'], vowelish: soft }, teachers: vowels, ...changes });

describe('a teacher whose classes have soft borders', () => {
  test('teaches, and is judged on the labels that are in one of its classes whole', async () => {
    const { objective, teachers, history } = await summaryOf(own());
    expect(objective).toBe('L = α(0.5)·CE@letter + (1−α)·[ 1.0·KL(T=4)@vowelish⟨mean: vowels⟩ ]');
    // Of the 40 test samples, those of `a` and `b`.
    expect(teachers['vowels']!.samples).toBe(20);
    expect(history.at(-1)!['term/vowelish']!).toBeLessThan(history[0]!['term/vowelish']!);
  });

  test('shares that do not fit are mistakes of the config', async () => {
    const wrong = (shares: object): Promise<Error> => failure(() => resolveConfig(own({ labels: { letter: ['a', 'b'], vowelish: { of: 'letter', shares } } as never })));
    expect((await wrong({ yes: { a: 1, b: 0.5 }, no: { b: 0.4 } })).message).toMatch(/'b' of 'letter' as yes 0.5 \+ no 0.4 = 0.9/);
    expect((await wrong({ yes: { a: 2, b: 0.5 }, no: { b: 0.5 } })).message).toMatch(/labels\.vowelish\.shares\.yes\.a: expected a number of at most 1, received 2/);
  });
});

describe('tempering first', () => {
  const term = (loss: string, plugins: KdConfig['plugins'] = []): KdConfig => own({ plugins, soft: { vowelish: { loss, temper: 'first' } } });

  test('is another objective, and says so', async () => {
    const first = await summaryOf(term('kl-divergence'));
    expect(first.objective).toContain('KL(T=4)@vowelish, tempered first⟨');
    expect(first.student.hash).not.toBe((await summaryOf(own())).student.hash);
  });

  test('needs a loss with a temperature', async () => {
    expect((await failure(() => resolveConfig(term('mean-squared-error')), 'KD_LOSS_NEEDS')).message).toMatch(/temper: 'last'/);
  });
});

describe('a loss that sees its classes through other label spaces', () => {
  const asks = (views: readonly string[]): KdConfig => {
    const loss = defineLoss({
      name: 'seen', summary: '',
      create: () => ({ role: 'hard', needs: { views }, compute: ({ student, views: seen }: LossInput) => tf.sum(tf.square(seen![views[0]!]!.apply(student)), -1) as Tensor1D }),
    });
    return own({ plugins: [definePlugin({ name: 'acme', strategies: [loss] })], hard: { letter: 'seen' } });
  };

  test('gets them', async () => {
    const { history } = await summaryOf(asks(['vowelish']));
    expect(history.at(-1)!['term/hard/letter']!).toBeLessThan(history[0]!['term/hard/letter']!);
  });

  test('and what was trained with it is trained again when they change, on labels alone too', async () => {
    const workspace = new MemoryWorkspace();
    const sharing = (d: number): KdConfig => ({
      ...asks(['vowelish']), teachers: { letters: { predict: knowsLetters, speaks: 'letter' } }, compare: { baseline: true }, labels: { letter: ['a', 'b', 'c', 'd'], vowelish: { of: 'letter', shares: { yes: { a: 1, c: 0.25, d }, no: { b: 1, c: 0.75, d: 1 - d } } } },
    });
    const skipped = async (own: KdConfig): Promise<string[]> => {
      const units: string[] = [];
      await summaryOf(own, { workspace, reporter: { unitSkipped: (_stage, unit) => void units.push(unit) } });
      return units;
    };
    expect(await skipped(sharing(0.5))).toEqual([]);
    expect(await skipped(sharing(0.5))).toEqual(['letters', 'distill/baseline', 'distill']);
    expect(await skipped(sharing(0.75))).toEqual(['letters']);
    const taught = (d: number): KdConfig => ({ ...sharing(d), hard: {}, teachers: vowels, compare: {} });
    expect(await skipped(taught(0.5))).toEqual([]);
    expect(await skipped(taught(0.5))).toEqual(['vowels', 'distill']);
    expect(await skipped(taught(0.75))).toEqual(['vowels']);
  });

  test('or hears before anything runs that there are none such', async () => {
    await failure(() => resolveConfig(asks(['vowel'])), 'KD_LABEL_SPACE_UNKNOWN');
    const { message } = await failure(() => resolveConfig({ ...asks(['hand']), labels: { letter: ['a', 'b', 'c', 'd'], vowelish: soft, hand: ['left', 'right'] } }), 'KD_LOSS_NEEDS');
    expect(message).toMatch(/'hand' as a view of 'letter'/);
  });
});
