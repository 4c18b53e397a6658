import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { defineAlphaScheduler, defineBackend, defineMemoryPolicy, definePlugin, distill, eagerRandom, Random, startWasm, type AlphaScheduler, type Compile, type KdConfig, type NamedTensors } from '../../src/index.ts';
import { config, dataset, summaryOf } from '../small-task.ts';

beforeAll(() => startWasm());

interface Watched {
  readonly own: KdConfig;
  /** Begins of steps, `s`, and their ends, `e`, in the order in which they came. */
  readonly events: () => string;
}

/** A run on wasm whose steps are compiled, by a backend that says it runs ahead, or that it does not. */
function watched(runsAhead: boolean, changes: Partial<KdConfig> = {}, onStep: (steps: number) => void = () => undefined): Watched {
  let seen = '';
  const compile: Compile = (name, fn) => {
    const run = (inputs: Readonly<NamedTensors>): NamedTensors => {
      if (name !== 'the training step') return tf.tidy(() => fn(inputs)) as NamedTensors;
      onStep(seen.split('s').length);
      seen += 's';
      // What goes in is borrowed: a step may free what it was given.
      return tf.tidy(() => fn(Object.fromEntries(Object.entries(inputs).map(([key, tensor]): [string, Tensor] => [key, tf.clone(tensor)])))) as NamedTensors;
    };
    return Object.assign(run, { dispose: () => undefined });
  };
  const backend = defineBackend({
    name: 'compiler',
    summary: 'As the test says.',
    create: () => ({
      name: 'compiler', rank: 0, copiesValues: true, readsAtOnce: true, runsAhead, compile, random: () => eagerRandom(new Random(1), 0),
      available: async () => true, start: () => startWasm(), memory: () => ({ tensors: 0, bytes: 0 }),
    }),
  });
  const bounded = defineMemoryPolicy({ name: 'bounded', summary: 'Bounded.', create: () => ({ label: 'bounded', boundsBytes: true, plan: () => ({}) }) });
  const plugin = definePlugin({ name: 'acme', strategies: [backend, bounded, restless, steady], apply: ({ hooks }) => hooks.stepEnd.tap('acme', () => void (seen += 'e')) });
  return { own: config({ backend: 'compiler', ...changes, plugins: [plugin, ...(changes.plugins ?? [])] }), events: () => seen };
}

/** An α that each step's loss moves. */
const restless = defineAlphaScheduler({ name: 'restless', summary: 'As the test says.', create: (): AlphaScheduler<number> => ({ label: 'restless', init: () => 0.5, value: (alpha) => ({ alpha }), update: (alpha, { hard }) => alpha * 0.9 + 0.1 / (1 + hard) }) });
/** An α that remembers something of each step and stays what it is. */
const steady = defineAlphaScheduler({ name: 'steady', summary: 'As the test says.', create: (): AlphaScheduler<{ hard: number }> => ({ label: 'steady', init: () => ({ hard: 0 }), value: () => ({ alpha: 0.5 }), update: (_, { hard }) => ({ hard }) }) });

const inStep = 'se'.repeat(6);
const oneAhead = `s${'se'.repeat(5)}e`;
/** The first guess was wrong. */
const batchesOnly = `ss${'es'.repeat(5)}e`;

/** The same run with steps ahead and without: the same student and history, no tensor left. */
async function compare(changes: Partial<KdConfig> = {}): Promise<string> {
  const [ahead, after] = [watched(true, changes), watched(false, changes)];
  const before = tf.memory().numTensors;
  const { student, history } = await summaryOf(ahead.own);
  expect(tf.memory().numTensors).toBe(before);
  const other = await summaryOf(after.own);
  expect([student.hash, history]).toEqual([other.student.hash, other.history]);
  expect(after.events()).toBe('se'.repeat(history.length * 3));
  return ahead.events();
}

describe('a compiled step on a backend that runs ahead', () => {
  test('is begun before the one before it is read', async () => {
    expect(await compare()).toBe(oneAhead);
  });

  test('also where α remembers steps, as long as it stays what it is', async () => {
    expect(await compare({ alpha: 'steady' })).toBe(oneAhead);
  });

  test('is taken anew where its knobs were foreseen wrongly, and then foreseen no more', async () => {
    expect(await compare({ alpha: 'restless' })).toBe(batchesOnly);
  });

  test('is begun again once plugins leave it alone', async () => {
    const early = definePlugin({ name: 'early', apply: ({ hooks }) => hooks.knobs.tap('early', (knobs, { progress }) => (progress.step < 3 ? { ...knobs, learningRate: 0.01 } : knobs)) });
    expect(await compare({ plugins: [early] })).toBe('ssesesessesee');
  });

  test.each<[string, Partial<KdConfig>]>([
    ['a plugin changes batches', { plugins: [definePlugin({ name: 'looks', apply: ({ hooks }) => hooks.batch.tapPromise('looks', async (batch) => batch) })] }],
    ['memory is bounded', { memory: 'bounded' }],
  ])('waits where %s', async (_, changes) => {
    expect(await compare(changes)).toBe(inStep);
  });

  test('is another one for each layout of a batch, also of the same size', async () => {
    const turning = defineAlphaScheduler({ name: 'turning', summary: 'Labels first, then teachers.', create: () => ({ label: 'turning', init: () => null, value: (_, { step }) => ({ alpha: step < 3 ? 1 : 0 }) }) });
    const own: Partial<KdConfig> = { data: { train: dataset(48), labelled: 12 }, alpha: 'turning', train: { epochs: 2, batchSize: 16, labelledBatchSize: 16 }, plugins: [definePlugin({ name: 'turning', strategies: [turning] })] };
    expect((await summaryOf(watched(false, own).own)).student.hash).toBe((await summaryOf(config(own))).student.hash);
  });

  test('is dropped where training ends before it', async () => {
    const enough = definePlugin({ name: 'enough', apply: ({ hooks }) => hooks.shouldStop.tap('enough', () => 'enough') });
    expect(await compare({ plugins: [enough] })).toBe('ssesese');
  });

  test('that cannot be begun fails when its turn has come', async () => {
    for (const runsAhead of [true, false]) {
      const before = tf.memory().numTensors;
      const { own, events } = watched(runsAhead, {}, (steps) => {
        if (steps === 4) throw new Error('the step is broken');
      });
      await expect(distill(own)).rejects.toThrow(/the step is broken/);
      expect(events().replaceAll('s', '')).toBe('eee');
      expect(tf.memory().numTensors).toBe(before);
    }
  });

  test('waits for memory that two at once do not have', async () => {
    let short = true;
    const { own, events } = watched(true, {}, (steps) => {
      if (steps !== 4 || !short) return;
      short = false;
      throw new Error('out of memory');
    });
    const { student } = await summaryOf(own);
    expect(student.hash).toBe((await summaryOf(watched(false).own)).student.hash);
    expect(events()).toBe('sseseessesee');
  });

  test('a loss that is no number ends the run as without it', async () => {
    const broken = definePlugin({ name: 'broken', apply: ({ hooks }) => hooks.knobs.tap('broken', (knobs, { progress }) => (progress.step === 3 ? { ...knobs, learningRate: Number.MAX_VALUE } : knobs)) });
    for (const runsAhead of [true, false]) {
      const before = tf.memory().numTensors;
      const { own, events } = watched(runsAhead, { plugins: [broken] });
      await expect(distill(own)).rejects.toMatchObject({ code: 'KD_LOSS_NOT_FINITE' });
      expect(events().replaceAll('s', '')).toBe('eeee');
      expect(tf.memory().numTensors).toBe(before);
    }
  });
});
