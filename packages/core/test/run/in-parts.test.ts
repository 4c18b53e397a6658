import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { fromArrays, logitsOf, startWasm, type Model } from '../../src/index.ts';

beforeAll(() => startWasm());

const SIZE = 23;
const dataset = fromArrays({ inputs: { x: { shape: [1], values: Float32Array.from({ length: SIZE }, (_, row) => row) } } });
const all = Array.from({ length: SIZE }, (_, row) => row);

/** Answers with twice its input, and fails as `refuse` says. */
function model(refuse: (rows: number) => void): Model {
  return {
    name: 'double', inputs: [{ name: 'x', shape: [1], dtype: 'float32' }], outputs: ['y'], layers: [], variables: [],
    shapeOf: () => [1], wantLogits() {}, values: () => ({}), assign() {},
    call({ x }) {
      const y = tf.mul(x!, 2);
      refuse(x!.shape[0]!);
      return { outputs: { y }, updates: {} };
    },
  };
}

async function answers(refuse: (rows: number) => void, most?: number): Promise<number[]> {
  return Array.from((await logitsOf(model(refuse), ['y'], dataset, (batch) => batch, all, undefined, undefined, most))['y']!.values);
}

describe('a forward pass over many rows', () => {
  test('that runs out of memory goes on with fewer at once, and keeps nothing', async () => {
    const sizes: number[] = [];
    const before = tf.memory().numTensors;
    const found = await answers((rows) => {
      sizes.push(rows);
      if (rows > 3) throw new Error('MatMul ran out of memory: OOM when allocating tensor');
    });
    expect(found).toEqual(all.map((row) => 2 * row));
    expect(sizes.slice(0, 4)).toEqual([23, 12, 6, 3]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('takes no more at once than a plan says', async () => {
    const sizes: number[] = [];
    expect(await answers((rows) => void sizes.push(rows), 10)).toEqual(all.map((row) => 2 * row));
    expect(sizes).toEqual([10, 10, 3]);
  });

  test('gives up with one row, and at once for other errors', async () => {
    const sizes: number[] = [];
    await expect(answers((rows) => {
      sizes.push(rows);
      throw new RangeError('Array buffer allocation failed');
    }, 8)).rejects.toThrow('allocation failed');
    expect(sizes).toEqual([8, 4, 2, 1]);
    for (const other of [new Error('a bug in this loom'), new WebAssembly.RuntimeError('memory access out of bounds'), new RangeError('offset is out of bounds')]) {
      let calls = 0;
      await expect(answers(() => {
        calls++;
        throw other;
      })).rejects.toBe(other);
      expect(calls).toBe(1);
    }
  });
});
