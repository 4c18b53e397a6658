import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { defineOptimizer, definePlugin, startWasm, type KdConfig, type ModelFactory, type Optimizer, type OptimizerInput } from '../../src/index.ts';
import { config, failure, net, summaryOf } from '../small-task.ts';

beforeAll(() => startWasm());

/** Heavy-ball momentum, right but for what a case changes. */
const right = {
  name: 'mine', slots: ['velocity'],
  update({ weight, gradient, slots, knobs }: OptimizerInput) {
    const velocity = tf.add(tf.mul(slots['velocity']!, 0.9), gradient);
    return { weight: tf.sub(weight, tf.mul(velocity, knobs['learningRate']!)), slots: { velocity } };
  },
} satisfies Optimizer;

function withOptimizer(changes: object, more: Partial<KdConfig> = {}): KdConfig {
  const mine = defineOptimizer({ name: 'mine', summary: 'Mine.', create: () => ({ ...right, ...changes }) as Optimizer });
  return config({ plugins: [definePlugin({ name: 'acme', strategies: [mine] })], train: { epochs: 2, batchSize: 16, optimizer: ['mine', { learningRate: 0.02 }] }, ...more });
}

test('one that keeps to its contract trains', async () => {
  const { history } = await summaryOf(withOptimizer({ knobs: (step: number) => ({ warmth: 1 / step }) }));
  expect(history.at(-1)!['loss']).toBeLessThan(history[0]!['loss']!);
});

const updated = (changes: object) => ({ update: (input: OptimizerInput) => ({ ...right.update(input), ...changes }) });

test.each([
  ['forgets a slot', updated({ slots: {} }), "update gave nothing for the slot 'velocity', expected a tensor of shape [2, 3]"],
  ['gives a slot of another shape', { update: (input: OptimizerInput) => ({ ...right.update(input), slots: { velocity: tf.scalar(1) } }) }, "update gave the slot 'velocity' the shape [], expected [2, 3]"],
  ['gives a slot that it has not declared', { update: (input: OptimizerInput) => ({ ...right.update(input), slots: { velocity: input.gradient, speed: input.gradient } }) }, "update gave a slot 'speed'"],
  ['gives a number for the weight', updated({ weight: 3 }), 'update gave 3 for the weight'],
  ['gives nothing', { update: () => undefined }, 'update gave nothing for the weight'],
  ['throws', { update: ({ slots }: OptimizerInput) => slots['speed']!.shape }, 'a first update failed: Cannot read properties of undefined'],
  ['begins with a slot that is no tensor', { initialSlot: (): number => 0 }, "initialSlot gave 0 for the slot 'velocity', expected a tensor"],
  ['moves elements alone, with a slot for all', { elementwise: true, initialSlot: (): tf.Tensor => tf.scalar(0) }, "initialSlot gave the slot 'velocity' the shape []"],
  ['has a knob that is text', { knobs: () => ({ warmth: 'high' }) }, 'its knob \'warmth\' is "high" at step 1, expected a finite number'],
  ['has a knob that is no number', { knobs: (step: number) => ({ warmth: 0 / (step - 1) }) }, "its knob 'warmth' is NaN at step 1"],
  ['has no knobs at all', { knobs: () => 3 }, 'knobs gave 3 at step 1, expected numbers by name'],
  ['names a slot with a number', { slots: [1] }, 'holds something else than names'],
])('one that %s is told before anything is trained', async (_, changes, problem) => {
  let asked = 0;
  const counting: KdConfig['teachers'] = { letters: { model: net() as ModelFactory, speaks: 'letter', train: { epochs: 1 } } };
  const listens = definePlugin({ name: 'listens', apply: ({ hooks }) => hooks.epochStart.tap('listens', () => void asked++) });
  const own = withOptimizer(changes, { teachers: counting });
  const error = await failure(() => summaryOf({ ...own, plugins: [...own.plugins!, listens] }), 'KD_STRATEGY_INVALID');
  expect(error.message).toContain("The optimizer 'mine' of plugin 'acme'");
  expect(error.message).toContain(problem);
  expect(asked).toBe(0);
});

test('a teacher that is trained with one is told of it too', async () => {
  const teachers: KdConfig['teachers'] = { letters: { model: net() as ModelFactory, speaks: 'letter', train: { optimizer: 'mine' } } };
  const error = await failure(() => summaryOf(withOptimizer({ update: () => { throw new Error('no idea'); } }, { teachers, train: { epochs: 1 } })), 'KD_STRATEGY_INVALID');
  expect(error.message).toContain("plugin 'acme' cannot be used: a first update failed: no idea.");
});

test('a knob that is lost on the way ends the run with its name and its step', async () => {
  const error = await failure(() => summaryOf(withOptimizer({ knobs: (step: number) => ({ warmth: step < 3 ? 1 : NaN }) })), 'KD_STRATEGY_INVALID');
  expect(error.message).toContain("its knob 'warmth' is NaN at step 3");
});
