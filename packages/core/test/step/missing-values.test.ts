import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { builtIn, createStep, eagerRandom, fromLayersModel, granularityOf, meanSquaredError, Random, readStats, resolveLabelSpaces, type AlphaScheduler, type Optimizer } from '../../src/index.ts';

beforeAll(() => tf.setBackend('cpu'));

test('a sample without values is left out of loss and gradients', () => {
  const space = resolveLabelSpaces({ size: { values: ['width', 'height'] } }).get('size')!;
  const head = { space, output: 'size' };
  const student = sequential({ layers: [layers.dense({ units: 2, useBias: false, inputShape: [1], name: 'size', kernelInitializer: 'ones' })] });
  const alpha = builtIn.strategies!.find(({ kind, name }) => kind === 'alpha' && name === 'constant')!.create({ alpha: 1 } as never, {}) as AlphaScheduler;
  const model = fromLayersModel(student);
  const step = createStep({
    student: model, random: new Random(1), samples: 3,
    optimizer: { name: 'none', slots: [], update: ({ weight }) => ({ weight, slots: {} }) } satisfies Optimizer,
    objective: { heads: [head], hard: [{ name: 'size', granularity: granularityOf(space, [space], 'labels'), head, loss: meanSquaredError.create({ against: 'labels' }, {}), weight: 1 }], soft: [], alpha },
  });
  const batch = {
    layout: { rows: 3, labelled: [0, 3] as const, transfer: undefined },
    tensors: { [`inputs/${model.inputs[0]!.name}`]: tf.tensor2d([[1], [2], [3]]), 'labels/size': tf.tensor2d([[0, 2], [Number.NaN, Number.NaN], [3, Number.NaN]]), rows: tf.tensor1d([0, 1, 2], 'int32') },
  };
  const knobs = { alpha: tf.scalar(1), 'count/size': tf.scalar(1) };
  const { stats, gradients } = step.differentiate(step.initial().state, batch, knobs, () => eagerRandom(new Random(1), 0));
  expect(readStats(step.stats, stats.dataSync())['hard']).toBe(1);
  // d/dw of ((w₁·1 − 0)² + (w₂·1 − 2)²) / 2 at w = 1.
  expect([...Object.values(gradients)[0]!.dataSync()]).toEqual([1, -1]);
});
