import { definePlugin, distill, type Backend, type KdConfig, type ModelFactory, type Spec } from '@kd/core';
import backendTensorflow, { tensorflow } from '@kd/plugin-backend-tensorflow';
import { beforeAll, expect, it } from 'vitest';
import { describeNative, library } from '../../backend-tensorflow/test/native.ts';
import gpuMemory from '../src/index.ts';
import { deep, task } from './task.ts';

describeNative('what the policies promise holds by the runtime’s own figures', () => {
  let backend: Backend;

  beforeAll(async () => {
    backend = tensorflow.create({ xla: false, eager: false, impure: 'eager', library }, { base: process.cwd() });
    await backend.start();
    await run(['micro-batches', { rows: 128 }]);
  });

  /** The most bytes that were held while the student was trained, and in the whole run. */
  async function run(memory: Spec, changes: Partial<KdConfig> = {}, eager = false): Promise<{ training: number; whole: number }> {
    let [training, before] = [0, 0];
    const watch = definePlugin({
      name: 'watch',
      apply({ hooks }) {
        hooks.stageStart.tap('watch', () => {
          before = Math.max(before, backend.memory().peakBytes!);
          backend.resetPeak!();
        });
        hooks.stepEnd.tap('watch', (_, { stage }) => {
          if (stage === 'distill') training = backend.memory().peakBytes!;
        });
      },
    });
    backend.resetPeak!();
    const { student } = await distill(task({ plugins: [gpuMemory, backendTensorflow, watch], backend: ['tensorflow', { library, eager }], memory, ...changes }));
    student.layersModel!.dispose();
    return { training, whole: Math.max(before, backend.memory().peakBytes!) };
  }

  it.each([[3e6, false], [6e6, false], [12e6, false], [3e6, true], [12e6, true]] as const)('budget: within %d bytes, eager %s', async (limit, eager) => {
    const { whole } = await run(['budget', { limit }], {}, eager);
    expect(whole).toBeLessThanOrEqual(limit);
  });

  it('micro-batches: fewer rows, fewer bytes; recomputed, fewer still', async () => {
    const all = await run('whole-batch');
    const few = await run(['micro-batches', { rows: 128 }]);
    const fewer = await run(['micro-batches', { rows: 128, recompute: true }]);
    expect(few.training).toBeLessThan(0.4 * all.training);
    expect(fewer.training).toBeLessThan(few.training);
  });

  it('resident: teachers that take turns are not there together', async () => {
    const big = { model: deep(512, 3) as ModelFactory, speaks: 'kind' };
    const teachers = { one: big, two: big, three: big };
    const bytes = 4 * (32 * 512 + 512 * 512 * 2 + 512 * 4 + 3 * 512 + 4);
    const rows = { train: { epochs: 1, batchSize: 16, optimizer: ['sgd', { learningRate: 0.1 }] as const }, teachers };
    const [none, one, all] = [await run(['resident', { teachers: [] }], rows), await run(['resident', { teachers: ['one'] }], rows), await run(['resident', { teachers: ['one', 'two', 'three'] }], rows)];
    expect(all.training - none.training).toBeGreaterThan(1.9 * bytes);
    expect(one.training - none.training).toBeGreaterThan(0.9 * bytes);
    expect(one.training - none.training).toBeLessThan(1.1 * bytes);
  });
});
