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
  const videos = over(2, [1, 3, 4, 5]);
  expectClose(Array.from(videos(tf.expandDims(x, 1)).dataSync()), Array.from(turned.dataSync()));
  expectGradientsOfFunction((given) => first(given!), [2, 3, 2, 2]);
});

const shapes: readonly (readonly [axis: number, shape: readonly number[]])[] = [[1, [3, 4]], [1, [3, 4, 5]], [-2, [3, 4, 5]], [2, [2, 3, 4, 5]], [-1, [2, 3, 4, 5]]];
const parts = [{}, { scale: false }, { center: false }, { scale: false, center: false }];

it.each(shapes.flatMap(([axis, shape]) => parts.map((part) => ({ axis, shape, ...part }))))('a trained batch normalisation answers over any axis: %j', ({ axis, shape, ...options }) => {
  const model = fromLayersModel(sequential({ layers: [layers.batchNormalization({ axis, inputShape: [...shape], ...options })] }));
  const full = [2, ...shape];
  const own = (axis + full.length) % full.length;
  const weights = Object.fromEntries(model.variables.map(({ name }, i) => [name, tf.range(1 + i, 1 + i + full[own]!)]));
  const x = tf.randomNormal(full, 0, 1, 'float32', 3);
  const given = { gamma: 1, beta: 0, ...Object.fromEntries(model.variables.map(({ name }, i) => [name.split('.')[1]!, 1 + i])) } as Record<string, number>;
  const after = full.slice(own + 1).reduce((size, length) => size * length, 1);
  const expected = Array.from(x.dataSync(), (value, i) => {
    const channel = Math.floor(i / after) % full[own]!;
    const at = (name: string, learned: boolean): number => given[name]! + (learned ? channel : 0);
    return ((value - at('moving_mean', true)) / Math.sqrt(at('moving_variance', true) + 1e-3)) * at('gamma', options.scale !== false) + at('beta', options.center !== false);
  });
  const { outputs } = model.call({ [model.inputs[0]!.name]: x }, { training: false, outputs: model.outputs }, weights);
  expectClose(Array.from(outputs[model.outputs[0]!]!.dataSync()), expected);
});

it('gradients are those of finite differences', () => {
  const [gamma, beta] = [[4], [4]];
  expectGradientsOfFunction((x, g, b) => batchNorm(x!, tf.add(g!, 1) as tf.Tensor1D, b as tf.Tensor1D, 0.1, () => undefined), [5, 4], gamma, beta);
  expectGradientsOfFunction((x, g, b) => layerNorm(x!, tf.add(g!, 1) as tf.Tensor1D, b as tf.Tensor1D, 0.1), [2, 3, 4], gamma, beta);
});
