import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, it } from 'vitest';
import { definePlugin, distill, fromArrays, MemoryWorkspace, Random, StopSignal, type KdConfig, type Reporter, type Summary } from '@kd/core';
import adaptiveAlpha from '@kd/plugin-adaptive-alpha';
import aggregation from '@kd/plugin-aggregation';
import featureLosses from '@kd/plugin-feature-losses';
import gpuMemory from '@kd/plugin-gpu-memory';
import losses from '@kd/plugin-losses';
import backendTensorflow from '../../src/index.ts';
import { describeNative, library, startNative } from '../native.ts';

/** Points on a plane; a point's label is its quadrant. 50 of them: batches of 16 leave a last one of 2. */
function points(count: number): ReturnType<typeof fromArrays> {
  const values = new Random(1).stream(`points ${count}`).fillUniform(new Float32Array(2 * count)).map((value) => 2 * value - 1);
  return fromArrays({ inputs: { point: { shape: [2], values } }, labels: { quadrant: Array.from({ length: count }, (_, i) => Number(values[2 * i]! > 0) + 2 * Number(values[2 * i + 1]! > 0)) } });
}

const network = (units: number, name: string, classes: number) => (): LayersModel => sequential({ layers: [layers.dense({ units, activation: 'tanh', inputShape: [2], name: `${name}-hidden` }), layers.dropout({ rate: 0.2 }), layers.dense({ units: classes, name: `${name}-logits` })] });

const base: KdConfig = {
  plugins: [adaptiveAlpha, aggregation, featureLosses, gpuMemory, losses, backendTensorflow],
  data: { train: points(50), test: points(30), labelled: 20 },
  labels: { quadrant: ['a', 'b', 'c', 'd'], side: { of: 'quadrant', groups: { west: ['a', 'c'], east: ['b', 'd'] } }, few: { of: 'quadrant', only: ['a', 'b', 'c'] } },
  teachers: { all: { model: network(8, 'all', 4), speaks: 'quadrant' }, again: { model: network(6, 'again', 4), speaks: 'quadrant' }, side: { model: network(5, 'side', 2), speaks: 'side' } },
  student: { model: network(7, 'student', 4) },
  alpha: 0.4, seed: 3,
  train: { epochs: 2, batchSize: 16, labelledBatchSize: 8, optimizer: ['adamw', { learningRate: 0.02 }] },
} as unknown as KdConfig;

const cases: Readonly<Record<string, Partial<Record<keyof KdConfig, unknown>>>> = {
  'stored teachers of three label sets': {},
  'live teachers, in turn': { memory: ['resident', { teachers: ['all'] }] },
  'a trained teacher': { teachers: { all: { model: network(8, 'all', 4), speaks: 'quadrant', train: { epochs: 1 } } } },
  'micro-batches': { memory: ['micro-batches', { rows: 7 }] },
  'sgd with momentum, clipping and a schedule': { train: { epochs: 2, batchSize: 16, optimizer: ['sgd', { learningRate: 0.1, momentum: 0.9, nesterov: true }], schedule: 'cosine', clipNorm: 0.5 } },
  'adam and every label': { data: { train: points(50), test: points(30) }, train: { epochs: 2, batchSize: 16, optimizer: 'adam' } },
  'the referee': { alpha: 'referee', train: { epochs: 5, batchSize: 16 } },
  'a learned α (uncertainty)': { alpha: 'uncertainty' },
  'α from gradient norms (gradnorm)': { alpha: 'gradnorm' },
  'an α per sample (teacher-correct)': { alpha: 'teacher-correct' },
  'decoupled distillation with a learned temperature': { soft: { quadrant: 'ctkd', side: 'kl-divergence' } },
  'dkd': { soft: { quadrant: 'dkd', side: 'kl-divergence' }, data: { train: points(50), test: points(30) } },
  'ca-mkd weighs by labels': { aggregation: ['per-granularity', { quadrant: 'ca-mkd', side: 'mean' }], data: { train: points(50), test: points(30) } },
  'ae-kd weighs by gradients': { aggregation: ['per-granularity', { quadrant: 'ae-kd', side: 'mean' }] },
  'classes with soft borders, tempered first': {
    labels: { quadrant: ['a', 'b', 'c', 'd'], side: { of: 'quadrant', shares: { west: { a: 1, b: 0.2, c: 0.9 }, east: { b: 0.8, c: 0.1, d: 1 } } } },
    soft: { quadrant: 'kl-divergence', side: { loss: 'kl-divergence', temper: 'first' } },
  },
  'hierarchical cross-entropy': { hard: { quadrant: ['hierarchical-cross-entropy', { levels: ['side'] }] } },
  'coarse teachers lifted by the student': { aggregation: 'lift', soft: { quadrant: 'kl-divergence' } },
  'a hint with an adapter (fitnet)': { soft: { quadrant: 'kl-divergence', side: 'kl-divergence', hint: ['fitnet', { teacher: 'all', studentLayer: 'student-hidden', teacherLayer: 'all-hidden' }] } },
};

interface Ended {
  readonly summary: Summary;
  readonly weights: readonly number[][];
  readonly warnings: readonly string[];
}

async function run(changes: object, eager: boolean, more: { workspace?: MemoryWorkspace; stop?: StopSignal } = {}): Promise<Ended> {
  const warnings: string[] = [];
  const reporter: Reporter = { warn: (message) => void warnings.push(message) };
  const { summary, student } = await distill({ ...base, backend: ['tensorflow', { library, eager }], ...changes } as KdConfig, { reporter, ...more });
  const values = student.values();
  const weights = await Promise.all(Object.values(values).map(async (tensor) => [...(await tensor.data())]));
  for (const tensor of Object.values(values)) tensor.dispose();
  return { summary, weights, warnings };
}

const rounded = (history: Summary['history']): unknown => history.map((epoch) => Object.fromEntries(Object.entries(epoch).map(([name, value]) => [name, Number(value.toPrecision(4))])));

describeNative('a run on compiled steps', () => {
  beforeAll(async () => {
    await startNative();
  });

  it.each(Object.keys(cases))('ends as one on eager steps does: %s', async (name) => {
    const [eager, compiled] = [await run(cases[name]!, true), await run(cases[name]!, false)];
    expect(compiled.warnings).toEqual([]);
    expect(rounded(compiled.summary.history)).toEqual(rounded(eager.summary.history));
    expect(compiled.summary.student).toMatchObject({ accuracy: eager.summary.student.accuracy });
    compiled.weights.forEach((values, i) => values.forEach((value, at) => expect(value).toBeCloseTo(eager.weights[i]![at]!, 4)));
  });

  it('stopped and resumed ends with the same bytes', async () => {
    const straight = await run({}, false);
    const workspace = new MemoryWorkspace();
    const stop = new StopSignal();
    let steps = 0;
    const stopping = definePlugin({ name: 'stopping', apply: ({ hooks }) => hooks.stepEnd.tapPromise('stopping', async () => { if (++steps === 3) stop.request('a test'); }) });
    const plugins = [...(base.plugins as object[]), stopping];
    await expect(run({ plugins }, false, { workspace, stop })).rejects.toThrow(/KD_STOPPED|stopped/i);
    const resumed = await run({ plugins }, false, { workspace });
    expect(resumed.weights).toEqual(straight.weights);
    expect(resumed.summary.history).toEqual(straight.summary.history);
  });

  it("taps on the step's own hooks describe it: they are called when it is recorded, and hold for every step", async () => {
    let called = 0;
    const halving = definePlugin({
      name: 'halving',
      apply: ({ hooks }) => hooks.gradients.tap('halving', (gradients) => {
        called++;
        return Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, 0.5)]));
      }),
    });
    const changes = { plugins: [...(base.plugins as object[]), halving], train: { epochs: 4, batchSize: 16, optimizer: 'sgd' } };
    const [eager, compiled] = [await run(changes, true), await run(changes, false)];
    const steps = eager.summary.steps;
    expect(steps).toBe(16);
    expect(called - steps).toBeLessThan(steps); // two kinds of batches, each recorded twice
    expect(rounded(compiled.summary.history)).toEqual(rounded(eager.summary.history));
  });

  it('a step that is not pure runs eagerly and says which operation, and whose', async () => {
    const noisy = definePlugin({
      name: 'noisy',
      apply: ({ hooks }) => hooks.gradients.tap('noisy', (gradients) => Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, tf.add(gradient, tf.randomNormal(gradient.shape, 0, 0.01))]))),
    });
    const { warnings, summary } = await run({ plugins: [...(base.plugins as object[]), noisy] }, false);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/the training step is not compiled.*a value that comes from outside has changed, taken by AddV2, at .*whole-runs\.test\.ts/);
    expect(summary.steps).toBe(8);
  });
});
