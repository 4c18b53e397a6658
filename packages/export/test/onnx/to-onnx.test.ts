import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { startWasm } from '@kd/core';
import type * as Runtime from 'onnxruntime-common';
import { beforeAll, expect, it } from 'vitest';
import { describeWithRuntimes } from '../../../../plugins/teachers-onnx/test/runtimes.ts';
import { toOnnx } from '../../src/index.ts';
import { activationModels, convolutionModels, graphModels, poolingModels, shapeModels, type Models } from './feed-forward-models.ts';
import { recurrentModels, wrapperModels } from './recurrent-models.ts';
import { randomInputs, randomWeights } from './random.ts';

const models: Models = [...activationModels, ...convolutionModels, ...poolingModels, ...shapeModels, ...graphModels, ...recurrentModels, ...wrapperModels];

/** ONNX Runtime, from where the tests find it. */
const runtimeIn = (base: string): typeof Runtime => createRequire(join(base, 'here.js'))(base.endsWith('web') ? 'onnxruntime-web' : 'onnxruntime-node') as typeof Runtime;

beforeAll(() => startWasm());

describeWithRuntimes('an ONNX file computes what the model does', (base) => {
  it.each(models.map(([name, build, right = build]) => ({ name, build, right })))('$name', async ({ build, right }) => {
    const runtime = runtimeIn(base); // here: the body of a suite is run also where its tests are skipped
    const [model, expected] = [build(), right()];
    randomWeights(model);
    randomWeights(expected);
    const bytes = await toOnnx(model);
    const session = await runtime.InferenceSession.create(bytes, { logSeverityLevel: 3 });
    expect([session.inputNames, session.outputNames.length]).toEqual([model.inputNames, model.outputs.length]);
    for (const samples of [1, 3]) await compare(expected, session, runtime, samples);
    await session.release();
  });
});

async function compare(model: LayersModel, session: Runtime.InferenceSession, runtime: typeof Runtime, samples: number): Promise<void> {
  const inputs = randomInputs(model, samples);
  const feeds = Object.fromEntries(inputs.map((input, i) => [model.inputNames[i]!, new runtime.Tensor(input.dtype as 'float32', input.dataSync<'float32'>(), input.shape)]));
  const given = await session.run(feeds);
  const expected = [model.predict(inputs, { batchSize: samples })].flat();
  expected.forEach((tensor, i) => {
    const { data, dims } = given[session.outputNames[i]!]!;
    expect(dims).toEqual(tensor.shape);
    closeTo(data as Float32Array, tensor.dataSync<'float32'>());
  });
  tf.dispose([inputs, expected]);
}

function closeTo(received: Float32Array, expected: Float32Array): void {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const off = expected.findIndex((value, i) => !(Math.abs(received[i]! - value) <= 1e-5 + 1e-4 * largest));
  expect(off === -1 ? 'close' : `[${off}]: ${received[off]!} for ${expected[off]!}`).toBe('close');
}
