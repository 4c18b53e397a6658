import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  defineBackend, defineLoss, defineMemoryPolicy, definePlugin, distill, eagerRandom, fromArrays, MemoryWorkspace, Random, startWasm, StopSignal, type Backend, type KdConfig, type Plugin,
} from '../../src/index.ts';
import { expectClose } from '../../../../test/golden/golden-cases.ts';
import { config, dataset, failure, INPUTS } from '../small-task.ts';

beforeAll(() => startWasm());

const inFour = defineMemoryPolicy({ name: 'in-four', summary: '', create: () => ({ label: 'in four parts', plan: () => ({ microBatch: 4 }) }) });

/** Draws random numbers by key, as a backend does that records its steps. */
const byKey = defineBackend({
  name: 'by-key', summary: '',
  create: (): Backend => ({
    name: 'by-key', rank: 0, available: async () => true, start: () => startWasm(), memory: () => ({ tensors: 0, bytes: 0 }),
    random: (key) => {
      const [high, low] = key.dataSync() as Int32Array;
      return eagerRandom(new Random((high! >>> 0) * 2 ** 20 + (low! >>> 12)), 0);
    },
  }),
});

describe.each(['wasm', 'by-key'])('dropout in a batch of several parts, on %s', (backend) => {
  const dropping = (): LayersModel => sequential({ layers: [layers.inputLayer({ inputShape: [INPUTS] }), layers.dropout({ rate: 0.5, name: 'drop' }), layers.dense({ units: 4, name: 'logits' })] });
  const ones = fromArrays({ inputs: { x: { shape: [INPUTS], values: new Float32Array(16 * INPUTS).fill(1) } }, labels: { letter: Int32Array.from({ length: 16 }, (_, row) => row % 4) } });

  /** What is left of ones, for each part of each step. @param stopAfter the step after which the run is stopped */
  async function left(workspace: MemoryWorkspace, stopAfter?: number): Promise<string[]> {
    const seen: string[] = [];
    const stop = new StopSignal();
    const watching = defineLoss({
      name: 'watching', summary: '',
      create: () => ({
        role: 'soft', needs: { features: { student: ['drop'] } },
        compute: ({ student, features }) => (seen.push(features.student['drop']!.dataSync().join(' ')), tf.sum(tf.square(student), -1)),
      }),
    });
    const watched: Plugin = definePlugin({
      name: 'watched', strategies: [inFour, byKey, watching],
      apply: ({ hooks }) => hooks.stepEnd.tap('watched', (_, { progress }) => { if (progress.step === stopAfter) stop.request('a test'); }),
    });
    const own = config({ data: { train: ones }, student: { model: dropping, heads: { letter: 'logits' } }, soft: { letter: 'watching' }, plugins: [watched], memory: 'in-four', backend, train: { epochs: 3, batchSize: 16 } });
    const run = distill(own, { workspace, stop });
    if (stopAfter === undefined) (await run).student.layersModel!.dispose();
    else await failure(() => run, 'KD_STOPPED');
    return seen;
  }

  test('drops other numbers in each part, and the same ones in a run that was stopped in between', async () => {
    const whole = await left(new MemoryWorkspace());
    expect(whole).toHaveLength(3 * 4);
    expect(new Set(whole).size).toBe(3 * 4);
    const workspace = new MemoryWorkspace();
    expect([...(await left(workspace, 0)), ...(await left(workspace))]).toEqual(whole);
  });
});

test('batch norm goes through the parts of a batch one after the other', async () => {
  const normalised = (): LayersModel => sequential({ layers: [layers.batchNormalization({ inputShape: [INPUTS], momentum: 0.75 }), layers.dense({ units: 4, name: 'logits' })] });
  const parts: tf.Tensor2D[] = [];
  const watched = definePlugin({
    name: 'watched', strategies: [inFour],
    apply: ({ hooks }) => hooks.batch.tap('watched', (batch) => {
      parts.push(tf.clone(Object.entries(batch.tensors).find(([name]) => name.startsWith('inputs/'))![1]) as tf.Tensor2D);
      return batch;
    }),
  });
  const own: KdConfig = config({ data: { train: dataset(16) }, student: { model: normalised, heads: { letter: 'logits' } }, plugins: [watched], memory: 'in-four', train: { epochs: 1, batchSize: 16 } });
  const { student } = await distill(own);
  expect(parts.map(({ shape }) => shape[0])).toEqual([4, 4, 4, 4]);
  const [average, variance] = parts.reduce<tf.Tensor[]>(([average, variance], part) => {
    const moments = tf.moments(part, 0);
    return [[average, moments.mean], [variance, moments.variance]].map(([before, now]) => tf.add(tf.mul(before!, 0.75), tf.mul(now!, 0.25)));
  }, [tf.zeros([INPUTS]), tf.ones([INPUTS])]);
  const [, , ownAverage, ownVariance] = student.layersModel!.getWeights().filter(({ shape }) => shape.length === 1 && shape[0] === INPUTS);
  expectClose(Array.from(ownAverage!.dataSync()), Array.from(average!.dataSync()));
  expectClose(Array.from(ownVariance!.dataSync()), Array.from(variance!.dataSync()));
  student.layersModel!.dispose();
});
