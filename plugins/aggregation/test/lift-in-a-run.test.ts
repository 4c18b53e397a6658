import { defineAlphaScheduler, definePlugin, distill, fromArrays, Random, type KdConfig, type ProbeResult } from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import aggregation from '../src/index.ts';

const SIZE = 48;

function data(seed: number): KdConfig['data']['train'] {
  const stream = new Random(seed).stream('x');
  const letter = Int32Array.from({ length: SIZE }, (_, row) => row % 4);
  const values = Float32Array.from({ length: SIZE * 4 }, (_, i) => (i % 4 === letter[i >> 2]! ? 2 : 0) + 0.3 * stream.normal());
  return fromArrays({ inputs: { x: { shape: [4], values } }, labels: { letter } });
}

const knows = (weights: number[][]) => ({ x }: Record<string, tf.Tensor>): Tensor2D => tf.matMul(x as Tensor2D, tf.tensor2d(weights));

test.each([['student'], ['teachers'], [{ a: 1, b: 1, c: 2, d: 2 }]] as const)('teachers of different classes become one target, split by %o, and may be judged on labels', async (within) => {
  const judged: ProbeResult[] = [];
  const watching = defineAlphaScheduler({
    name: 'watching', summary: '',
    create: () => ({
      label: 'watching', init: () => null, value: () => ({ alpha: 0.5 }),
      probe: { holdOut: () => 8, most: 8, due: () => true, released: () => false, update: (state: null, result: ProbeResult) => (judged.push(result), state) },
    }),
  });
  const { student, summary } = await distill({
    plugins: [aggregation, definePlugin({ name: 'acme', strategies: [watching] })],
    data: { train: data(1), test: data(2) },
    labels: { letter: ['a', 'b', 'c', 'd'], side: { of: 'letter', groups: { early: ['a', 'b'], late: ['c', 'd'] } } },
    student: { model: () => sequential({ layers: [layers.dense({ inputShape: [4], units: 4 })] }) },
    teachers: {
      letters: { predict: knows([[3, 0, 0, 0], [0, 3, 0, 0], [0, 0, 3, 0], [0, 0, 0, 3]]), speaks: 'letter' },
      sides: { predict: knows([[3, 0], [3, 0], [0, 3], [0, 3]]), speaks: 'side' },
    },
    soft: { letter: 'kl-divergence' },
    aggregation: ['lift', { within }], alpha: 'watching',
    train: { epochs: 8, batchSize: 16, optimizer: ['adam', { learningRate: 0.2 }] },
  });
  student.layersModel!.dispose();
  expect(summary.objective).toContain(`⟨lift by ${typeof within === 'string' ? within : 'frequencies'}: letters, sides⟩`);
  expect(summary.student.accuracy!).toBeGreaterThan(0.9);
  expect(judged.at(-1)!.granularities['letter']!.count).toBe(8);
});
