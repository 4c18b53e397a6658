import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, it } from 'vitest';
import { startWasm } from '../../src/index.ts';
import { layerNorm } from '../../src/tensor/layer-norm.ts';
import { batchNorm } from '../../src/tensor/batch-norm.ts';
import { expectGradientsOfFunction } from '../runtime/wasm/backends.ts';
import { expectSameSteps, normCases } from './norm-layer-cases.ts';

beforeAll(() => startWasm());

it.each(normCases)('$norm of $what trains as in the layers library', (norm) => expectSameSteps(norm));

it('gradients are those of finite differences', () => {
  const [gamma, beta] = [[4], [4]];
  expectGradientsOfFunction((x, g, b) => batchNorm(x!, tf.add(g!, 1) as tf.Tensor1D, b as tf.Tensor1D, 0.1, () => undefined), [5, 4], gamma, beta);
  expectGradientsOfFunction((x, g, b) => layerNorm(x!, tf.add(g!, 1) as tf.Tensor1D, b as tf.Tensor1D, 0.1), [2, 3, 4], gamma, beta);
});
