import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { defineBackend, defineMemoryPolicy, definePlugin, distill, startWasm, type Dataset, type KdConfig } from '../../src/index.ts';
import { config, dataset, summaryOf } from '../small-task.ts';

beforeAll(() => startWasm());

interface Watched {
  readonly own: KdConfig;
  /** Reads of training samples, `r`, and ends of steps, `e`, in the order in which they came. */
  readonly events: () => string;
}

/** A run on wasm that says it runs ahead, or does not, and tells when it reads. */
function watched(runsAhead: boolean, changes: Partial<KdConfig> = {}, onRead: (reads: number) => void = () => undefined): Watched {
  const whole = dataset(48);
  let seen = '';
  const train: Dataset = {
    ...whole,
    read(name, rows, out) {
      onRead(seen.split('r').length);
      seen += 'r';
      return whole.read(name, rows, out);
    },
  };
  const backend = defineBackend({
    name: 'eager-reader',
    summary: 'As the test says.',
    create: () => ({ name: 'eager-reader', rank: 0, copiesValues: true, readsAtOnce: true, runsAhead, available: async () => true, start: () => startWasm(), memory: () => ({ tensors: 0, bytes: 0 }) }),
  });
  const live = defineMemoryPolicy({ name: 'live', summary: 'Live.', create: () => ({ label: 'live', plan: () => ({ teachers: 'live' }) }) });
  const plugin = definePlugin({
    name: 'acme',
    strategies: [backend, live],
    apply({ hooks }) {
      // What was read before training, for the teachers, does not count.
      hooks.epochStart.tap('acme', ({ progress }) => void (progress.epoch === 0 && (seen = '')));
      hooks.stepEnd.tap('acme', () => void (seen += 'e'));
    },
  });
  const own = config({ data: { train, test: dataset(40, 2), labelled: 16 }, backend: 'eager-reader', ...changes, plugins: [plugin, ...(changes.plugins ?? [])] });
  return { own, events: () => seen };
}

const lookOn = definePlugin({ name: 'looks', apply: ({ hooks }) => hooks.batch.tapPromise('looks', async (batch) => batch) });

describe('a backend that runs ahead', () => {
  test('the next batch is read while a step runs, each batch once, and the student is the same', async () => {
    const [ahead, after] = [watched(true), watched(false)];
    const { student } = await summaryOf(ahead.own);
    expect(student.hash).toBe((await summaryOf(after.own)).student.hash);
    expect(after.events()).toBe('re'.repeat(6));
    expect(ahead.events()).toBe(`r${'re'.repeat(5)}e`);
  });

  test.each<[string, Partial<KdConfig>]>([
    ['a plugin changes batches', { plugins: [lookOn] }],
    ['teachers answer live', { memory: 'live' }],
  ])('waits for the step where %s', async (_, changes) => {
    const { own, events } = watched(true, changes);
    await summaryOf(own);
    expect(events()).toBe('re'.repeat(6));
  });

  test('a batch that turns out to be another one is made anew', async () => {
    // Labels alone, until a plugin that nobody could foresee lets the teachers in.
    const late = definePlugin({ name: 'late', apply: ({ hooks }) => hooks.knobs.tap('late', (knobs, { progress }) => ({ ...knobs, alpha: progress.step < 2 ? 1 : 0.5 })) });
    const changes: Partial<KdConfig> = { alpha: ['schedule', { form: 'multi-step', from: 1, gamma: 0.5, milestones: [4, 5] }], plugins: [late] };
    const [ahead, after] = [watched(true, changes), watched(false, changes)];
    const before = tf.memory().numTensors;
    const { student, history } = await summaryOf(ahead.own);
    expect(tf.memory().numTensors).toBe(before);
    const other = await summaryOf(after.own);
    expect([student.hash, history]).toEqual([other.student.hash, other.history]);
    // What was read for steps 2 and 3 had no transfer rows.
    expect(ahead.events()).toBe('rrererrerreree');
    expect(after.events()).toBe('re'.repeat(6));
  });

  test('data that cannot be read fails at its own step', async () => {
    for (const runsAhead of [true, false]) {
      const before = tf.memory().numTensors;
      let training = false;
      const armed = definePlugin({ name: 'arms', apply: ({ hooks }) => hooks.epochStart.tap('arms', () => void (training = true)) });
      const { own, events } = watched(runsAhead, { plugins: [armed] }, (reads) => {
        if (training && reads > 3) throw new Error('the disk is gone');
      });
      const error = await distill(own).catch((thrown: unknown) => thrown as Error);
      expect(String(error)).toMatch(/the disk is gone/);
      expect(events().split('e')).toHaveLength(4); // three steps
      expect(tf.memory().numTensors).toBe(before);
    }
  });
});
