import { readFileSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import type { Backend } from '@kd/core';
import koffi from 'koffi';
import { beforeAll, expect, it } from 'vitest';
import { describeNative, startNative } from '../native.ts';
import type { StudentCase } from '../recording/students.ts';
import { Trainer, type Losses } from '../recording/trainer.ts';

let backend: Backend & { readonly warnings: string[] };

const block = (): ReturnType<typeof layers.dense>[] => [layers.dense({ units: 96, activation: 'relu' }), layers.batchNormalization() as never, layers.dropout({ rate: 0.2 }) as never];
const deep: StudentCase = { shape: [32], build: () => sequential({ layers: [layers.dense({ units: 96, activation: 'relu', inputShape: [32] }), ...Array.from({ length: 8 }, block).flat(), layers.dense({ units: 4 })] }) };
/** Deep enough that what the allocator happens to keep is small beside its activations. */
const smooth: StudentCase = { shape: [32], build: () => sequential({ layers: [layers.dense({ units: 96, activation: 'tanh', inputShape: [32] }), ...Array.from({ length: 40 }, () => layers.dense({ units: 96, activation: 'tanh' })), layers.dense({ units: 4 })] }) };
const convolutions: StudentCase = {
  shape: [8, 8, 2],
  build: () => sequential({ layers: [
    layers.conv2d({ inputShape: [8, 8, 2], filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' }),
    ...Array.from({ length: 13 }, () => layers.conv2d({ filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' })),
    layers.globalAveragePooling2d({}), layers.dense({ units: 4 }),
  ] }),
};

const bytesOf = (field: string): number => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1024;

/** By how much the process grows meanwhile, at its highest; what its allocator has free is given back before, or it would be filled unseen. */
async function growthOf(work: () => Promise<unknown>): Promise<number> {
  koffi.load('libc.so.6').func('int malloc_trim(size_t)')(0);
  const before = bytesOf('VmRSS');
  writeFileSync('/proc/self/clear_refs', '5'); // the highest mark is set anew
  await work();
  return bytesOf('VmHWM') - before;
}

function expectSame(received: Losses, expected: Losses): void {
  received.losses.forEach((loss, i) => expect(loss / expected.losses[i]!, `loss of step ${i}`).toBeCloseTo(1, 4));
  received.weights.forEach((values, i) => {
    const most = Math.max(...Array.from(values, (value, at) => Math.abs(value - expected.weights[i]![at]!)));
    expect(most, `tensor ${i} of the state`).toBeLessThan(1e-3);
  });
}

describeNative('recomputed activations', () => {
  beforeAll(async () => {
    backend = await startNative();
  });

  it.each([['a deep MLP with batch norm and dropout', deep], ['a CNN', convolutions]] as const)('train as kept ones do, eager and compiled, with fewer bytes at once: %s', async (_, student) => {
    const options = { rows: 128, train: { optimizer: ['sgd', { learningRate: 0.05 }] } } as const;
    const kept = await Trainer.of(backend, student, options);
    const recomputing = await Trainer.of(backend, student, { ...options, recompute: true });
    /** The most bytes beside those that were held before. */
    const peakOf = async (trainer: Trainer, how: 'eager' | 'compiled', steps: number): Promise<{ run: Losses; peak: number }> => {
      await trainer.train(how, 1);
      const before = backend.memory().bytes;
      backend.resetPeak!();
      const run = await trainer.train(how, steps);
      return { run, peak: backend.memory().peakBytes! - before };
    };
    const expected = await peakOf(kept, 'eager', 5);
    await recomputing.train('eager', 1);
    const tensors = tf.memory().numTensors;
    for (const how of ['eager', 'compiled'] as const) {
      const plain = how === 'eager' ? expected : await peakOf(kept, how, 5);
      const received = await peakOf(recomputing, how, 5);
      expectSame(received.run, expected.run);
      expect(received.peak).toBeLessThan(0.65 * plain.peak);
    }
    expect(tf.memory().numTensors).toBe(tensors);
    expect(backend.warnings).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')('take less of the machine too, not only by calculation', async () => {
    const options = { rows: 8192, train: { optimizer: ['sgd', { learningRate: 0.05 }] } } as const;
    const recomputing = await Trainer.of(backend, smooth, { ...options, recompute: true });
    const kept = await Trainer.of(backend, smooth, options);
    const growth = async (trainer: Trainer): Promise<{ machine: number; calculated: number }> => {
      const { bytes } = backend.memory();
      backend.resetPeak!();
      const machine = await growthOf(() => trainer.train('compiled', 3));
      return { machine, calculated: backend.memory().peakBytes! - bytes };
    };
    // What a first run leaves free is filled, so that what follows has to be taken anew.
    for (const trainer of [recomputing, kept]) await trainer.train('compiled', 1);
    const filled = Array.from({ length: 80 }, () => tf.fill([options.rows, 96], 1));
    for (const tensor of filled) tensor.dataSync();
    const less = await growth(recomputing);
    const more = await growth(kept);
    const again = await growth(recomputing);
    tf.dispose(filled);
    expect(more.calculated).toBeGreaterThan(1.3 * less.calculated);
    // What is kept has no room in what was enough to recompute.
    expect(more.machine).toBeGreaterThan(more.calculated - less.calculated);
    expect(again.machine).toBeLessThan(0.6 * more.machine);
  });
});
