import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { defineLoss, definePlugin, distill, startWasm, type ModelFactory } from '../../src/index.ts';
import { config, failure, INPUTS } from '../small-task.ts';

beforeAll(() => startWasm());

/** A student with a layer between its input and its logits. */
function through(...between: NonNullable<NonNullable<Parameters<typeof sequential>[0]>['layers']>): ModelFactory {
  return (() => sequential({ layers: [layers.dense({ units: 4, batchInputShape: [16, INPUTS] }), ...between, layers.dense({ units: 4, name: 'logits' })] })) as ModelFactory;
}

test.each([
  ['AlphaDropout', () => through(layers.alphaDropout({ rate: 0.2 })), /use Dropout/],
  ['dropout inside a recurrent layer', () => through(layers.reshape({ targetShape: [2, 2] }), layers.gru({ units: 3, dropout: 0.1 })), /set it to 0/],
  ['a recurrent layer with a state of its own', () => through(layers.reshape({ targetShape: [2, 2] }), layers.lstm({ units: 3, stateful: true })), /carries its state from batch to batch.*set stateful to false/],
])('a student with %s is refused', async (_, model, why) => {
  const { message } = await failure(() => distill(config({ student: { model: model(), heads: { letter: 'logits' } } })), 'KD_LAYER_UNSUPPORTED');
  expect(message).toMatch(why);
});

test('a loss through an operation without a gradient names it', async () => {
  const top = defineLoss({ name: 'top', summary: 'Looks at the largest.', create: () => ({ role: 'soft', compute: ({ student }) => tf.sum(tf.topk(student, 2).values, -1) as Tensor1D }) });
  const { message } = await failure(() => distill(config({ plugins: [definePlugin({ name: 'acme', strategies: [top] })], soft: { letter: 'top' } })), 'KD_GRADIENT_MISSING');
  expect(message).toContain("uses 'TopK', of which TensorFlow.js has no gradient");
});
