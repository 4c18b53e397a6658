import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, it } from 'vitest';
import { expectClose } from '../../../../test/golden/golden-cases.ts';
import { fromLayersModel, startWasm } from '../../src/index.ts';
import { layerNorm } from '../../src/tensor/layer-norm.ts';
import { batchNorm } from '../../src/tensor/batch-norm.ts';
import { expectGradientsOfFunction } from '../runtime/wasm/backends.ts';
import { expectSameSteps, normCases } from './norm-layer-cases.ts';

beforeAll(() => startWasm());

it.each(normCases)('$norm of $what trains as in the layers library', (norm) => expectSameSteps(norm));

it.each([{}, { scale: false }, { center: false }])('batch normalisation over another axis is that of what is turned: %j', (options) => {
  const over = (axis: number, shape: number[]): ((x: tf.Tensor) => tf.Tensor) => {
    const model = fromLayersModel(sequential({ layers: [layers.batchNormalization({ axis, inputShape: shape, ...options })] }));
    const weights = Object.fromEntries(model.variables.map(({ name, shape: own }) => [name, tf.range(1, 1 + own[0]!)]));
    return (x) => model.call({ [model.inputs[0]!.name]: x }, { training: true, outputs: model.outputs }, weights).outputs[model.outputs[0]!]!;
  };
  const x = tf.randomNormal([2, 3, 4, 5], 0, 1, 'float32', 3);
  const turned = tf.transpose(over(3, [4, 5, 3])(tf.transpose(x, [0, 2, 3, 1])), [0, 3, 1, 2]);
  const first = over(1, [3, 4, 5]);
  expectClose(Array.from(first(x).dataSync()), Array.from(turned.dataSync()));
  expectGradientsOfFunction((given) => first(given!), [2, 3, 2, 2]);
});

it('gradients are those of finite differences', () => {
  const [gamma, beta] = [[4], [4]];
  expectGradientsOfFunction((x, g, b) => batchNorm(x!, tf.add(g!, 1) as tf.Tensor1D, b as tf.Tensor1D, 0.1, () => undefined), [5, 4], gamma, beta);
  expectGradientsOfFunction((x, g, b) => layerNorm(x!, tf.add(g!, 1) as tf.Tensor1D, b as tf.Tensor1D, 0.1), [2, 3, 4], gamma, beta);
});
