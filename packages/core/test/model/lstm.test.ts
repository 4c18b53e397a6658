import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, it } from 'vitest';
import { eagerRandom, fromLayersModel, Random, startWasm } from '../../src/index.ts';
import { lstm } from '../../src/tensor/lstm.ts';
import { expectClose, expectGradientsOfFunction, expectNoLeak } from '../runtime/wasm/backends.ts';
import { expectSameAsLibrary, lstmCases } from './lstm-cases.ts';

beforeAll(() => startWasm());

it.each(lstmCases)('an LSTM with $what computes and trains as in the layers library', (lstmCase) => expectSameAsLibrary(lstmCase));

it.each([['sigmoid', 3], ['hardSigmoid', 3], ['sigmoid', 1]] as const)('gradients are those of finite differences: %s over %d steps', (gate, time) => {
  for (const [sequences, backwards] of [[true, false], [false, true]] as const) {
    expectGradientsOfFunction((x, kernel, recurrentKernel, bias) => lstm(x as tf.Tensor3D, { kernel: kernel as tf.Tensor2D, recurrentKernel: recurrentKernel as tf.Tensor2D, bias: bias as tf.Tensor1D }, { gate, sequences, backwards }), [2, time, 2], [2, 8], [2, 8], [8]);
  }
});

it('computes what the layers library does over one step, which it fails to train', () => {
  const built = sequential({ layers: [layers.lstm({ units: 3, recurrentInitializer: 'glorotUniform', inputShape: [1, 2], returnSequences: true })] });
  const model = fromLayersModel(built);
  const x = tf.randomNormal([4, 1, 2], 0, 1, 'float32', 5);
  const own = model.call({ [model.inputs[0]!.name]: x }, { training: true, outputs: model.outputs }).outputs[model.outputs[0]!]!;
  expect(own.shape).toEqual([4, 1, 3]);
  expectClose(own.dataSync(), (built.predict(x) as tf.Tensor).dataSync(), 'states');
});

it('leaves nothing behind, and without a tape keeps no steps', () => {
  const built = sequential({ layers: [layers.lstm({ units: 8, recurrentInitializer: 'glorotUniform', inputShape: [40, 2] })] });
  const model = fromLayersModel(built);
  const x = tf.ones([16, 40, 2]);
  const state = model.values();
  const run = (): tf.Tensor => model.call({ [model.inputs[0]!.name]: x }, { training: true, outputs: model.outputs }, state).outputs[model.outputs[0]!]!;
  expectNoLeak(() => {
    const { value, grads } = tf.tidy(() => tf.engine().gradients(() => tf.sum(run()), Object.values(state), undefined, true));
    tf.dispose([value, grads]);
  });
  expectNoLeak(() => run().dispose());
  expect(mostTensors(() => run().dispose())).toBeLessThan(4 * 40);
});

it('dropout inside is refused in training with a random source, and left to the library elsewhere', () => {
  const built = sequential({ layers: [layers.lstm({ units: 3, recurrentInitializer: 'glorotUniform', inputShape: [4, 2], dropout: 0.5 })] });
  const model = fromLayersModel(built);
  const x = tf.ones([2, 4, 2]);
  const call = (training: boolean): tf.Tensor => model.call({ [model.inputs[0]!.name]: x }, { training, outputs: model.outputs, random: eagerRandom(new Random(1), 0) }).outputs[model.outputs[0]!]!;
  expect(() => call(true)).toThrow(expect.objectContaining({ code: 'KD_LAYER_UNSUPPORTED' }));
  expect(Array.from(call(false).dataSync())).toEqual(Array.from((built.predict(x) as tf.Tensor).dataSync()));
});

/** The most tensors beside what was there before. */
function mostTensors(work: () => void): number {
  const engine = tf.engine();
  const run = engine.runKernel.bind(engine);
  const before = tf.memory().numTensors;
  let most = 0;
  engine.runKernel = ((...args: Parameters<typeof run>) => {
    const made = run(...args);
    most = Math.max(most, tf.memory().numTensors - before);
    return made;
  }) as typeof run;
  try {
    work();
  } finally {
    engine.runKernel = run;
  }
  return most;
}
