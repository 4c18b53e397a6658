import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { fromArrays, MemoryWorkspace, Random, resolveConfig, runStages, ServiceContainer, silent, startWasm, StopSignal, type Dataset, type KdConfig, type ModelFactory, type Preprocess, type Summary } from '@kd/core';
import { BASE_FOLDER } from '@kd/node';
import { beforeAll, expect, it } from 'vitest';
import teachersOnnx from '../src/index.ts';
import { describeWithRuntimes } from './runtimes.ts';

/** Photos with values from 0 to 1. */
function photos(count: number): Dataset {
  const values = new Random(3).stream('photos').fillUniform(new Float32Array(count * 24));
  return fromArrays({ inputs: { photo: { shape: [3, 4, 2], values } } });
}

describeWithRuntimes('a student', (base) => {
  beforeAll(() => startWasm());

  async function learn(preprocess?: Preprocess): Promise<Summary> {
    const config: KdConfig = {
      data: { train: photos(64) },
      labels: { colour: ['red', 'green', 'blue'] },
      teachers: { torch: { source: ['onnx', { path: join(import.meta.dirname, 'small/channels.onnx') }], speaks: 'colour', ...(preprocess ? { preprocess } : {}) } },
      student: { model: (() => sequential({ layers: [layers.flatten({ inputShape: [3, 4, 2] }), layers.dense({ units: 3 })] })) as ModelFactory },
      train: { epochs: 1 },
    };
    const services = new ServiceContainer().provide(BASE_FOLDER, base);
    const options = { workspace: new MemoryWorkspace(), reporter: silent, stop: new StopSignal(), backend: 'wasm', versions: {} };
    const { summary, student } = await runStages(resolveConfig(config, { plugins: [teachersOnnx], services }), options);
    student?.close();
    return summary!;
  }

  it('learns from an ONNX model, from images that are prepared for it', async () => {
    const raw = await learn();
    const prepared = await learn(({ photo }) => ({ photo: tf.sub(tf.mul(photo!, 2), 1) }));
    expect(prepared.teachers['torch']!.parameters).toBe(91);
    expect(prepared.student.hash).not.toBe(raw.student.hash);
    expect(raw.history.at(-1)!['loss']).toBeGreaterThan(0);
    expect((await learn()).student.hash).toBe(raw.student.hash);
  });
});
