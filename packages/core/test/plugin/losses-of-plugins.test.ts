import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { defineAlphaScheduler, defineLoss, definePlugin, startWasm, type KdConfig, type Loss, type LossInput, type Plugin } from '../../src/index.ts';
import { config, failure, summaryOf } from '../small-task.ts';

beforeAll(() => startWasm());

function configWith(plugin: Plugin, more: Partial<KdConfig>): KdConfig {
  return config({ plugins: [plugin], train: { epochs: 1, batchSize: 16 }, ...more });
}

function withLoss(loss: unknown): KdConfig {
  const mine = defineLoss({ name: 'mine', summary: 'Mine.', create: () => ({ role: 'soft', label: 'Mine', ...(loss as Pick<Loss, 'compute'>) }) });
  return configWith(definePlugin({ name: 'acme', strategies: [mine] }), { soft: { letter: 'mine' } });
}

const distance = ({ student, target }: LossInput): tf.Tensor1D => tf.sum(tf.square(tf.sub(student, target.logits())), 1);

test.each([
  ['compute gave nothing, expected a tensor', { compute: (input: LossInput) => void distance(input) }],
  ['compute gave 3, expected a tensor', { compute: () => 3 }],
  ['compute gave a promise, expected a tensor with one value a sample: it is asynchronous', { compute: async (input: LossInput) => Promise.resolve(distance(input)) }],
  ['compute gave a promise', { compute: (input: LossInput) => ({ perSample: Promise.resolve(distance(input)), updates: {} }) }],
  ['compute failed: input.student.subtract is not a function', { compute: (input: { student: { subtract(other: number): tf.Tensor } }) => input.student.subtract(1) }],
  ["compute failed: Argument 'b' passed to 'sub' must be a Tensor", { compute: (input: LossInput & { teacher: tf.Tensor }) => tf.sub(input.student, input.teacher) }],
  ['compute failed: Operands could not be broadcast together with shapes', { compute: ({ student, target }: LossInput) => tf.sub(student, tf.slice(target.logits(), [0, 0], [-1, 3])) }],
  ['valueAndSlope failed: no slope', { compute: distance, valueAndSlope: () => { throw new Error('no slope.'); } }],
])('a loss that cannot be used is told by its name: %s', async (problem, loss) => {
  const error = await failure(() => summaryOf(withLoss(loss)), 'KD_STRATEGY_INVALID');
  expect(error.message).toContain(`The loss 'mine' of plugin 'acme' cannot be used: ${problem}`);
  if (problem.includes('failed')) expect(error.cause).toBeInstanceOf(Error);
});

test('a loss that gives its values beside updates trains', async () => {
  const { history } = await summaryOf(withLoss({ compute: (input: LossInput) => ({ perSample: distance(input), updates: {} }) }));
  expect(history).toHaveLength(1);
});

test('what a loss meets that says what to do is told as it is', async () => {
  await failure(() => summaryOf(withLoss({ compute: ({ student, target }: LossInput) => tf.sub(student, target.logits()) })), 'KD_LOSS_SHAPE');
  await failure(() => summaryOf(withLoss({ compute: () => { throw new Error('WASM: out of memory'); } })), 'KD_MEMORY_EXHAUSTED');
});

test.each([1.5, -0.1])('an α of %d is told with its step', async (alpha) => {
  const mine = defineAlphaScheduler({ name: 'mine', summary: 'Mine.', create: () => ({ label: 'mine', init: () => null, value: (_, { step }) => ({ alpha: step < 2 ? 0.5 : alpha }) }) });
  const error = await failure(() => summaryOf(configWith(definePlugin({ name: 'acme', strategies: [mine] }), { alpha: 'mine' })), 'KD_STRATEGY_INVALID');
  expect(error.message).toContain(`The alpha 'mine' of plugin 'acme' cannot be used: its alpha is ${alpha} at step 2, expected a number from 0 to 1`);
});
