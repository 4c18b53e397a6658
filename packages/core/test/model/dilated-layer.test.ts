import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose } from '../../../../test/golden/golden-cases.ts';
import { fromLayersModel, Random, startWasm, type NamedTensors } from '../../src/index.ts';
import { expectGradientsOfFunction } from '../runtime/wasm/backends.ts';

beforeAll(() => startWasm());

type Layer = ReturnType<typeof layers.conv2d>;

const cases: readonly { readonly what: string; readonly shape: number[]; readonly layer: () => Layer }[] = [
  { what: 'conv1d, valid', shape: [9, 2], layer: () => layers.conv1d({ filters: 2, kernelSize: 3, dilationRate: 2 }) as unknown as Layer },
  { what: 'conv1d, same', shape: [7, 2], layer: () => layers.conv1d({ filters: 2, kernelSize: 2, dilationRate: 3, padding: 'same', activation: 'tanh' }) as unknown as Layer },
  { what: 'conv2d, valid', shape: [6, 7, 1], layer: () => layers.conv2d({ filters: 2, kernelSize: [3, 2], dilationRate: 2 }) },
  { what: 'conv2d, same, one side', shape: [5, 6, 2], layer: () => layers.conv2d({ filters: 2, kernelSize: 3, dilationRate: [1, 2], padding: 'same', useBias: false }) },
  { what: 'separable', shape: [7, 7, 2], layer: () => layers.separableConv2d({ filters: 3, kernelSize: 3, dilationRate: 3 }) as unknown as Layer },
];

const drawn = (shape: number[], name: string): Tensor => tf.tensor(new Random(4).stream(name).fillNormal(new Float32Array(tf.util.sizeFromShape(shape))), shape);

describe('a dilated convolution', () => {
  test.each(cases)('in training gives what it gives otherwise, and has gradients: $what', ({ shape, layer }) => {
    const library = sequential({ layers: [layers.activation({ activation: 'linear', inputShape: shape }), layer()] });
    const model = fromLayersModel(library);
    const weights: NamedTensors = Object.fromEntries(model.variables.map(({ name, shape: own }) => [name, drawn([...own], name)]));
    const call = (training: boolean, x: Tensor, lent: Readonly<NamedTensors> = weights): Tensor => model.call({ [model.inputs[0]!.name]: x }, { training, outputs: model.outputs }, lent).outputs[model.outputs[0]!]!;
    const x = drawn([2, ...shape], 'x');
    const [plain, trained] = [call(false, x), call(true, x)];
    expect(trained.shape).toEqual(plain.shape);
    expectClose(Array.from(trained.dataSync()), Array.from(plain.dataSync()));
    const names = Object.keys(weights);
    expectGradientsOfFunction((given, ...own) => call(true, given!, Object.fromEntries(names.map((name, i) => [name, own[i]!]))), [1, ...shape], ...names.map((name) => weights[name]!.shape));
  });
});
