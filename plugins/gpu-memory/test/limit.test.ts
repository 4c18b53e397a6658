import * as tf from '@tensorflow/tfjs-core';
import { distill, type Backend, type KdConfig, type ModelFactory, type Spec } from '@kd/core';
import backendTensorflow, { tensorflow } from '@kd/plugin-backend-tensorflow';
import { beforeAll, expect, it } from 'vitest';
import { describeNative, library } from '../../backend-tensorflow/test/native.ts';
import gpuMemory from '../src/index.ts';
import { deep, task } from './task.ts';

/** Held by the runtime itself. A process has one TensorFlow, so that all these runs share it. */
const hardLimit = 3e6;

interface Ran {
  readonly weights: readonly (readonly number[])[];
  readonly warnings: readonly string[];
  readonly accuracy: number | undefined;
  readonly teacher: number | undefined;
}

async function run(memory: Spec, changes: Partial<KdConfig> = {}, eager = false): Promise<Ran> {
  const warnings: string[] = [];
  const { student, summary } = await distill(task({ plugins: [gpuMemory, backendTensorflow], backend: ['tensorflow', { library, eager }], memory, ...changes }), { reporter: { warn: (message) => void warnings.push(message) } });
  const weights = student.layersModel!.getWeights().map((tensor) => Array.from(tensor.dataSync()));
  student.layersModel!.dispose();
  return { weights, warnings, accuracy: summary.student.accuracy, teacher: summary.teachers['wide']?.accuracy };
}

function expectSame(received: Ran, expected: Ran): void {
  received.weights.forEach((values, i) => {
    const most = Math.max(...values.map((value, at) => Math.abs(value - expected.weights[i]![at]!)));
    expect(most, `weight ${i}`).toBeLessThan(1e-5);
  });
  expect(received.accuracy).toBe(expected.accuracy);
  expect(received.teacher).toBe(expected.teacher);
}

/** The rows at once after the last time that memory ran out. */
function rowsAtLast({ warnings }: Ran): number {
  return Number(/going on with (\d+)/.exec(warnings.at(-1)!)![1]);
}

describeNative('a run that runs out of memory on TensorFlow', () => {
  let backend: Backend;

  beforeAll(async () => {
    backend = tensorflow.create({ xla: false, eager: false, impure: 'eager', library }, { base: process.cwd() });
    backend.configure!({ limitBytes: hardLimit });
    await backend.start();
    await run(['micro-batches', { rows: 64, hardLimit }]);
  });

  it.each([['compiled steps', false], ['eager steps', true]] as const)('goes on with fewer rows, ends as if they had been planned, keeps nothing, and never holds more: %s', async (_, eager) => {
    const before = [tf.memory().numTensors, backend.memory().tensors];
    backend.resetPeak!();
    const exhausted = await run(['device', { hardLimit }], {}, eager);
    expect(exhausted.warnings[0]).toMatch(/^Out of memory with 1024 rows at once; going on with 512/);
    expect(backend.memory().peakBytes).toBeLessThanOrEqual(hardLimit);
    expect([tf.memory().numTensors, backend.memory().tensors]).toEqual(before);
    expectSame(exhausted, await run(['micro-batches', { rows: rowsAtLast(exhausted), hardLimit }], {}, eager));
  });

  it('takes a live teacher’s rows in parts too', async () => {
    const before = [tf.memory().numTensors, backend.memory().tensors];
    const live = await run(['resident', { teachers: [], hardLimit }]);
    expect(rowsAtLast(live)).toBeLessThanOrEqual(512);
    expect([tf.memory().numTensors, backend.memory().tensors]).toEqual(before);
    expectSame(live, await run(['micro-batches', { rows: rowsAtLast(live), hardLimit }]));
  });

  it('even with one row at once says how much was too much', async () => {
    const student = { model: deep(600, 2) as ModelFactory, heads: { kind: 'logits' } };
    await expect(run(['device', { hardLimit }], { student })).rejects.toMatchObject({ code: 'KD_MEMORY_EXHAUSTED', message: expect.stringMatching(/: A compiled function ran out of memory: \d+ bytes more than .* the limit of 3000000 bytes\. Raise/) as string });
  });
});
