import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { createStep, disposeAll, eagerRandom, fromLayersModel, granularityOf, Random, readStats, resolveLabelSpaces, startWasm, type Batch, type Loss, type NamedTensors, type Objective, type Optimizer } from '@kd/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { crd, fitnet, rkd } from '../src/index.ts';
import { pair } from './features.ts';

beforeAll(async () => {
  await startWasm();
});

const ROWS = 4;
const plainDescent: Optimizer = { name: 'descent', slots: [], update: ({ weight, gradient, knobs }) => ({ weight: tf.sub(weight, tf.mul(gradient, knobs['learningRate']!)), slots: {} }) };

function noise(shape: number[], purpose: string): Tensor {
  const values = new Float32Array(shape.reduce((size, length) => size * length, 1));
  return tf.tensor(new Random(5).stream(purpose).fillNormal(values), shape);
}

/** A student of a few layers that learns by one loss on features, and nothing else. */
function train(loss: Loss, steps: number): { readonly losses: number[]; readonly tensors: number[]; readonly names: string[]; readonly moved: string[] } {
  const model = sequential({ name: `student-${loss.label}` });
  model.add(layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same', activation: 'relu', inputShape: [4, 4, 1], name: 'thin' }));
  model.add(layers.flatten());
  model.add(layers.dense({ units: 2, name: 'logits' }));
  model.setWeights(model.getWeights().map((weight, i) => noise(weight.shape, `weight-${i}`)));
  const space = resolveLabelSpaces({ digit: ['a', 'b'] }).get('digit')!;
  const head = { space, output: 'logits' };
  const objective: Objective = {
    heads: [head], hard: [],
    soft: [{ name: 'features', granularity: granularityOf(space, [space], 'big'), head, teachers: [{ id: 'big' }], aggregator: { aggregate: () => { throw new Error('asked for logits'); } }, prepared: undefined, loss, weight: 1 }],
    alpha: { label: '0', init: () => null, value: () => ({ alpha: 0 }) },
  };
  const student = fromLayersModel(model);
  const random = new Random(2);
  const step = createStep({ student, objective, optimizer: plainDescent, random, samples: 8, teacherFeatures: { features: { wide: [4, 4, 3] } } });
  let { state } = step.initial();
  const names = Object.keys(state);
  const first = Object.fromEntries(names.map((name) => [name, [...state[name]!.dataSync()]]));
  const losses: number[] = [];
  const tensors: number[] = [];
  for (let i = 0; i < steps; i++) {
    const batch: Batch = {
      layout: { rows: ROWS, labelled: undefined, transfer: [0, ROWS] },
      tensors: {
        [`inputs/${student.inputs[0]!.name}`]: noise([ROWS, 4, 4, 1], 'x'),
        'labels/digit': tf.tensor1d([-1, -1, -1, -1], 'int32'),
        rows: tf.tensor1d([6, 1, 3, 0], 'int32'),
        'signals/big/logits': noise([ROWS, 2], 'logits'),
        'signals/big/features/wide': noise([ROWS, 4, 4, 3], 'wide'),
      },
    };
    const knobs: NamedTensors = Object.fromEntries(Object.entries({ alpha: 0, learningRate: 0.05, 'count/features': ROWS, 'trust/features': 1 }).map(([name, value]) => [name, tf.scalar(value)]));
    const { gradients, updates, stats } = step.differentiate(state, batch, knobs, () => eagerRandom(random, i));
    losses.push(readStats(step.stats, stats.dataSync())['loss']!);
    state = step.apply(state, gradients, updates, knobs);
    stats.dispose();
    disposeAll(knobs);
    disposeAll(batch.tensors);
    tensors.push(tf.memory().numTensors);
  }
  const moved = names.filter((name) => [...state[name]!.dataSync()].some((value, i) => value !== first[name]![i]));
  disposeAll(state);
  return { losses, tensors, names, moved };
}

describe.each([
  ['fitnet', fitnet.create(pair, {}), ['bias', 'kernel']],
  ['rkd', rkd.create({ ...pair, distance: 1, angle: 2 }, {}), []],
  ['crd', crd.create({ ...pair, dimensions: 4, negatives: 6, temperature: 0.5, momentum: 0.5 }, {}), ['normalisers', 'studentBias', 'studentKernel', 'studentMemory', 'teacherBias', 'teacherKernel', 'teacherMemory']],
] as const)('%s in a step', (_, loss, entries) => {
  test('trains the student and its own state, and leaves nothing behind', () => {
    const { losses, tensors, names, moved } = train(loss, 12);
    const own = entries.map((name) => `loss/features/${name}`);
    expect(names.filter((name) => name.startsWith('loss/')).sort()).toEqual(own);
    expect(moved.filter((name) => name.startsWith('loss/')).sort()).toEqual(own);
    expect(moved).toContain('student/0.kernel');
    expect(losses.at(-1)!).toBeLessThan(losses[0]!);
    expect(new Set(tensors).size).toBe(1);
  });
});
