import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { defineAlphaScheduler, defineLoss, definePlugin, defineSchedule, startWasm, type AlphaScheduler, type AlphaValue, type AnyStrategy, type KdConfig, type Loss, type LossInput, type ModelFactory, type Progress } from '../../src/index.ts';
import { config, failure, net, summaryOf } from '../small-task.ts';

beforeAll(() => startWasm());

/** Squared distance of the logits; an instance of a class with a private field, as plugins may have them. */
class Distance implements Loss {
  readonly role = 'soft';
  readonly label = 'Distance';
  readonly #power = 2;
  readonly knobs: NonNullable<Loss['knobs']>;
  constructor(knobs: unknown) {
    this.knobs = knobs as NonNullable<Loss['knobs']>;
  }
  compute({ student, target }: LossInput): tf.Tensor1D {
    return tf.sum(tf.pow(tf.sub(student, target.logits()), this.#power), 1);
  }
}

const options: readonly [kind: string, made: (numbers: unknown) => AnyStrategy, more: Partial<KdConfig>][] = [
  ['loss', (knobs) => defineLoss({ name: 'mine', summary: 'Mine.', create: () => new Distance(knobs) }), { soft: { letter: 'mine' } }],
  ['schedule', (factor) => defineSchedule({ name: 'mine', summary: 'Mine.', create: () => () => factor as (step: number) => number }), { train: { epochs: 2, batchSize: 16, schedule: 'mine' } }],
  ['alpha', (value) => defineAlphaScheduler({ name: 'mine', summary: 'Mine.', create: (): AlphaScheduler => ({ label: 'mine', init: () => null, value: (_, progress) => (value as (progress: Progress) => AlphaValue)(progress) }) }), { alpha: 'mine' }],
];

function configWith(kind: string, numbers: unknown, plugins: KdConfig['plugins'] = []): KdConfig {
  const [, made, more] = options.find(([name]) => name === kind)!;
  return config({ plugins: [definePlugin({ name: 'acme', strategies: [made(numbers)] }), ...plugins], train: { epochs: 2, batchSize: 16 }, ...more });
}

test.each([
  ['loss', (): object => ({ warmth: 2 })],
  ['schedule', (step: number): number => 1 / (1 + step)],
  ['alpha', (): AlphaValue => ({ alpha: 0.5, trust: { letter: 1 } })],
])('a %s that gives numbers trains', async (kind, numbers) => {
  const { history } = await summaryOf(configWith(kind, numbers));
  expect(history.at(-1)!['loss']).toBeLessThan(history[0]!['loss']!);
});

test.each([
  ['loss', (): object => ({ warmth: 'high' }), 'its knob \'warmth\' is "high" at step 0, expected a finite number'],
  ['loss', ({ step }: Progress): object => ({ warmth: 0 / step }), "its knob 'warmth' is NaN at step 0"],
  ['loss', (): number => 3, 'knobs gave 3 at step 0, expected numbers by name'],
  ['loss', (): undefined => undefined, 'knobs gave nothing at step 0'],
  ['schedule', (step: number): number => 1 / step, 'its factor is Infinity at step 0, expected a finite number'],
  ['schedule', (): string => '0.1', 'its factor is "0.1" at step 0'],
])('a %s whose first numbers are none is told before anything is trained: %s', async (kind, numbers, problem) => {
  let epochs = 0;
  const listens = definePlugin({ name: 'listens', apply: ({ hooks }) => hooks.epochStart.tap('listens', () => void epochs++) });
  const teachers: KdConfig['teachers'] = { letters: { model: net() as ModelFactory, speaks: 'letter', train: { epochs: 1 } } };
  const error = await failure(() => summaryOf({ ...configWith(kind, numbers, [listens]), teachers }), 'KD_STRATEGY_INVALID');
  expect(error.message).toContain(`The ${kind} 'mine' of plugin 'acme' cannot be used: ${problem}`);
  expect(epochs).toBe(0);
});

test.each([
  ['loss', ({ step }: Progress): object => ({ warmth: step < 3 ? 1 : NaN }), "its knob 'warmth' is NaN at step 3"],
  ['schedule', (step: number): number => (step < 3 ? 1 : NaN), 'its factor is NaN at step 3'],
  ['alpha', ({ step }: Progress): object => ({ alpha: step < 3 ? 0.5 : '0.5' }), 'its alpha is "0.5" at step 3'],
  ['alpha', (): object => ({ alpha: 0.5, trust: { letter: NaN } }), "its trust in 'letter' is NaN at step 0"],
  ['alpha', (): number => 0.5, 'value gave 0.5 at step 0, expected { alpha }'],
])('a %s that loses one on the way ends the run with its name and its step: %s', async (kind, numbers, problem) => {
  const error = await failure(() => summaryOf(configWith(kind, numbers)), 'KD_STRATEGY_INVALID');
  expect(error.message).toContain(`The ${kind} 'mine' of plugin 'acme' cannot be used: ${problem}`);
});

const remembers = (state: Partial<AlphaScheduler>): KdConfig => config({
  plugins: [definePlugin({ name: 'acme', strategies: [defineAlphaScheduler({ name: 'mine', summary: 'Mine.', create: () => ({ label: 'mine', value: () => ({ alpha: 0.5 }), ...state }) as AlphaScheduler })] })],
  train: { epochs: 2, batchSize: 16 }, alpha: 'mine',
});

test.each([
  ['init: its state.seen[1] is NaN', { init: () => ({ seen: [0, NaN] }) }],
  ['init: its state is undefined', { init: () => undefined }],
  ['init: its state.names is a Map', { init: () => ({ names: new Map() }) }],
  ['update at step 2: its state.loss is Infinity', { init: () => ({ loss: 0 }), update: (_: unknown, { progress: { step } }: { progress: Progress }) => ({ loss: step < 2 ? step : 1 / 0 }) }],
])('a scheduler of α whose state could not be saved is told at once: %s', async (problem, state) => {
  const error = await failure(() => summaryOf(remembers(state as unknown as Partial<AlphaScheduler>)), 'KD_STRATEGY_INVALID');
  expect(error.message).toContain(`The alpha 'mine' of plugin 'acme' cannot be used: ${problem}, which JSON cannot hold`);
});

test('a state of plain data is fine', async () => {
  expect((await summaryOf(remembers({ init: () => ({ seen: [], by: { letter: null } }), update: (state) => state }))).steps).toBeGreaterThan(0);
});
