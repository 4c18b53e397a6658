import { distill, fromArrays, Random, type KdConfig } from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { input, layers, model, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import losses from '../src/index.ts';

const SIZE = 48;

/** Four letters on two numbers, their two sides, and tags: letter `d` is also tagged `c` and `late`. */
function data(seed: number, tagged = false): KdConfig['data']['train'] {
  const stream = new Random(seed).stream('x');
  const letter = Int32Array.from({ length: SIZE }, (_, row) => row % 4);
  const values = Float32Array.from({ length: SIZE * 4 }, (_, i) => (i % 4 === letter[i >> 2]! ? 2 : 0) + 0.3 * stream.normal());
  const tags = Float32Array.from([...letter].flatMap((own) => [Number(own >= 2), Number(own >= 2), Number(own === 3)]));
  return fromArrays({ inputs: { x: { shape: [4], values } }, labels: tagged ? { tag: tags } : { letter } });
}

const heads = { letter: 'letterLogits', side: 'sideLogits' };
const twoHeads = (): LayersModel => {
  const x = input({ shape: [4] });
  const dense = (units: number, name: string) => layers.dense({ units, name }).apply(x) as ReturnType<typeof input>;
  return model({ inputs: x, outputs: [dense(4, heads.letter), dense(2, heads.side)] });
};
const base: KdConfig = {
  plugins: [losses],
  data: { train: data(1), test: data(2) },
  labels: { letter: ['a', 'b', 'c', 'd'], side: { of: 'letter', groups: { early: ['a', 'b'], late: ['c', 'd'] } } },
  student: { model: twoHeads, heads },
  teachers: { sides: { predict: ({ x }) => tf.matMul(x as Tensor2D, tf.tensor2d([[3, 0], [3, 0], [0, 3], [0, 3]])), speaks: 'side' } },
  train: { epochs: 8, batchSize: 16, optimizer: ['adam', { learningRate: 0.2 }] },
  alpha: 0.5,
};

async function run(changes: Partial<KdConfig>): Promise<Awaited<ReturnType<typeof distill>>['summary']> {
  const { student, summary } = await distill({ ...base, ...changes });
  student.layersModel!.dispose();
  return summary;
}

describe('losses that know a hierarchy', () => {
  test('teach two heads that agree', async () => {
    const summary = await run({
      hard: { letter: ['hierarchical-cross-entropy', { levels: ['side'] }] },
      soft: { side: 'kl-divergence', agree: ['consistency', { coarse: 'side', output: heads.side, measure: 'js' }] },
    });
    expect(summary.objective).toBe('L = α(0.5)·HXE(side)@letter + (1−α)·[ 1.0·KL(T=4)@side⟨mean: sides⟩ + 1.0·consistency(JS: sideLogits)@letter⟨mean: ⟩ ]');
    for (const term of ['term/hard/letter', 'term/side', 'term/agree']) expect(summary.history.at(-1)![term]!, term).toBeLessThan(summary.history[0]![term]!);
    expect(summary.student.accuracy!).toBeGreaterThan(0.9);
    // Nothing but the consistency teaches the second head.
    expect(summary.student.heads!['side']!.accuracy!).toBeGreaterThan(0.9);
  });

  test('teach several labels a sample, whose classes are part of each other', async () => {
    const summary = await run({
      data: { train: data(1, true), test: data(2, true) },
      labels: { tag: { values: ['late', 'c', 'd'] } },
      student: { model: () => sequential({ layers: [layers.dense({ inputShape: [4], units: 3 })] }) },
      hard: { tag: ['max-constraint', { below: { late: ['c'], c: ['d'] } }] }, teachers: {}, soft: {},
    });
    expect(summary.objective).toBe('L = MC@tag');
    expect(summary.history.at(-1)!['term/hard/tag']!).toBeLessThan(0.5 * summary.history[0]!['term/hard/tag']!);
  });
});

test.each(['dkd', 'dist'])('%s teaches on the embedded runtime', async (loss) => {
  const summary = await run({
    backend: 'wasm',
    teachers: { letters: { predict: ({ x }) => tf.mul(x as Tensor2D, 3), speaks: 'letter' } },
    student: { model: () => sequential({ layers: [layers.dense({ inputShape: [4], units: 4 })] }) },
    soft: { letter: loss },
  });
  expect(summary.history.at(-1)!['term/letter']!).toBeLessThan(0.5 * summary.history[0]!['term/letter']!);
  expect(summary.student.accuracy!).toBeGreaterThan(0.9);
});
