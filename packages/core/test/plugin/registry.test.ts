import type { StandardSchemaV1 } from '@standard-schema/spec';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  builtIn, defineAggregator, defineAlphaScheduler, defineLoss, defineOptimizer, definePlugin, Registry, resolveConfig, ServiceContainer, startWasm, suggest, token,
  type AnyStrategy, type KdConfig, type Loss, type ModelFactory, type Plugin, type Target,
} from '../../src/index.ts';
import { config, failure, knowsLetters, net, summaryOf } from '../small-task.ts';

beforeAll(() => startWasm());

const flat = (factor: number): Loss => ({ role: 'soft', label: `flat(${factor})`, compute: ({ student }) => tf.mul(tf.mean(tf.square(student), -1), factor) as Tensor1D });
const withLosses = (name: string, ...losses: unknown[]): Plugin => definePlugin({ name, strategies: losses as never });

function registryOf(...plugins: Plugin[]): Registry {
  const registry = new Registry(new ServiceContainer());
  for (const plugin of plugins) for (const strategy of plugin.strategies ?? []) registry.add(plugin.name, strategy);
  return registry;
}

describe('names', () => {
  const one = withLosses('one', defineLoss({ name: 'flat', summary: 'One.', create: () => flat(1) }));
  const two = withLosses('two', defineLoss({ name: 'flat', summary: 'Two.', create: () => flat(2) }));

  test('a strategy is found by its name, and always by its plugin’s and its own', () => {
    const registry = registryOf(one, two);
    expect(registry.resolve('loss', 'one/flat', 'soft').label).toBe('flat(1)');
    expect(registry.resolve('loss', 'two/flat', 'soft').label).toBe('flat(2)');
    expect(registryOf(one).resolve('loss', 'flat', 'soft').label).toBe('flat(1)');
    expect(registry.has('loss', 'flat')).toBe(true);
    expect(registry.has('alpha', 'flat')).toBe(false);
    expect(registry.list('loss').map(({ plugin }) => plugin)).toEqual(['one', 'two']);
  });

  test('a name that two plugins bring has to be made plain', async () => {
    const error = await failure(() => registryOf(one, two).resolve('loss', 'flat', 'soft'), 'KD_STRATEGY_DUPLICATE');
    expect(error.message).toContain('one, two');
  });

  test('kinds have names of their own', () => {
    const registry = registryOf(one, definePlugin({ name: 'more', strategies: [defineAlphaScheduler({ name: 'flat', summary: 'α.', create: () => ({ label: 'flat', init: () => null, value: () => ({ alpha: 0.5 }) }) })] }));
    expect(registry.resolve('alpha', 'flat', 'alpha').label).toBe('flat');
  });

  test('kd’s own defaults stay, whatever names plugins take', async () => {
    const taken = definePlugin({
      name: 'thief',
      strategies: [
        defineLoss({ name: 'cross-entropy', summary: 'Another.', create: () => flat(1) }),
        defineLoss({ name: 'kl-divergence', summary: 'Another.', create: () => flat(1) }),
        defineAggregator({ name: 'mean', summary: 'Another.', create: () => ({ label: 'theft', aggregate: () => ({ target: {} as Target }) }) }),
      ],
    });
    const own: Partial<KdConfig> = { teachers: { letters: { model: net() as ModelFactory, speaks: 'letter', train: { epochs: 1 } } }, aggregation: ['per-granularity', {}] };
    const plain = await summaryOf(config(own));
    expect((await summaryOf(config({ ...own, plugins: [taken] }))).student.hash).toBe(plain.student.hash);
  });

  test('suggestions: near names only', () => {
    const known = builtIn.strategies!.map(({ name }) => name);
    expect(suggest('kl-divergance', known)).toBe('kl-divergence');
    expect(suggest('Mean', known)).toBe('mean');
    expect(suggest('adma', ['adam', 'sgd'])).toBe('adam');
    expect(suggest('referee', ['adam', 'sgd'])).toBeUndefined();
    expect(suggest('', known)).toBeUndefined();
  });
});

describe('options', () => {
  /** What the strategy was made with. */
  function made(options: StandardSchemaV1<unknown, any> | undefined): { resolve: (given?: unknown) => unknown } {
    let received: unknown;
    const strategy = defineLoss<any>({ name: 'asked', summary: 'Remembers.', ...(options ? { options } : {}), create: (given) => ((received = given), flat(1)) });
    const registry = registryOf(withLosses('acme', strategy));
    return { resolve: (given) => (registry.resolve('loss', given === undefined ? 'asked' : ['asked', given], 'soft.low'), received) };
  }

  test('zod completes and checks them', async () => {
    const { resolve } = made(z.strictObject({ warmth: z.number().positive().default(4), form: z.enum(['a', 'b']).default('a') }));
    expect(resolve()).toEqual({ warmth: 4, form: 'a' });
    expect(resolve({ warmth: 2 })).toEqual({ warmth: 2, form: 'a' });
    const error = await failure(() => resolve({ warmth: -1, cold: 3 }), 'KD_STRATEGY_OPTIONS');
    expect(error.message).toMatch(/^soft\.low: the options of loss 'asked' are wrong: warmth: .*; .*cold/);
  });

  test('so does a schema written by hand, with paths of any kind', async () => {
    const schema: StandardSchemaV1<unknown, { depth: number }> = {
      '~standard': {
        version: 1, vendor: 'hand',
        validate: (value) => {
          const { depth = 1 } = value as { depth?: number };
          if (typeof depth === 'number') return { value: { depth } };
          return { issues: [{ message: 'no depth', path: [{ key: 'layers' }, 0, 'depth'] }, { message: 'really none' }] };
        },
      },
    };
    const { resolve } = made(schema);
    expect(resolve()).toEqual({ depth: 1 });
    const error = await failure(() => resolve({ depth: 'deep' }), 'KD_STRATEGY_OPTIONS');
    expect(error.details['problems']).toEqual(['layers.0.depth: no depth', 'really none']);
  });

  test('a schema that answers later is refused, and so are options where there are none', async () => {
    const later = made({ '~standard': { version: 1, vendor: 'slow', validate: async (value) => ({ value }) } });
    expect((await failure(() => later.resolve({}), 'KD_STRATEGY_OPTIONS')).message).toContain('asynchronous');
    const none = made(undefined);
    expect(none.resolve({})).toEqual({});
    await failure(() => none.resolve({ any: 1 }), 'KD_STRATEGY_OPTIONS');
    await failure(() => none.resolve(3), 'KD_STRATEGY_OPTIONS');
  });
});

describe('services', () => {
  interface Clock { now(): number }
  const CLOCK = token<Clock>('clock');
  const timed = defineLoss({ name: 'timed', summary: 'Asks for a clock.', inject: { clock: CLOCK }, create: (_options, { clock }) => flat(clock.now()) });

  test('are handed over by token when a strategy is made', () => {
    const services = new ServiceContainer().provide(CLOCK, { now: () => 7 });
    const { soft } = resolveConfig({ ...config(), plugins: [withLosses('acme', timed)], soft: { letter: 'timed' } }, { services });
    expect(soft[0]!.loss.label).toBe('flat(7)');
    services.provide(CLOCK, { now: () => 8 });
    expect(services.get(CLOCK, 'a test').now()).toBe(8);
  });

  test('a plugin may provide them, also for strategies of plugins before it', () => {
    const provider = definePlugin({ name: 'clocks', apply: ({ services }) => void services.provide(CLOCK, { now: () => 9 }) });
    expect(resolveConfig({ ...config(), plugins: [withLosses('acme', timed), provider], soft: { letter: 'timed' } }).soft[0]!.loss.label).toBe('flat(9)');
  });

  test('one that nobody provides is named, with who asks', async () => {
    const error = await failure(() => resolveConfig({ ...config(), plugins: [withLosses('acme', timed)], soft: { letter: 'timed' } }), 'KD_SERVICE_MISSING');
    expect(error.message).toMatch(/^loss 'timed' asks for the service 'clock'/);
  });

  test('a token may bring one for where nobody provides it', () => {
    const FIXED = token<Clock>('clock', () => ({ now: () => 5 }));
    const services = new ServiceContainer();
    expect(services.get(FIXED, 'a test').now()).toBe(5);
    expect(services.provide(FIXED, { now: () => 6 }).get(FIXED, 'a test').now()).toBe(6);
  });

  test('two tokens of one description are two', () => {
    const other = token<Clock>('clock');
    const services = new ServiceContainer().provide(CLOCK, { now: () => 1 });
    expect(services.has(other)).toBe(false);
    expect(services.has(CLOCK)).toBe(true);
  });

  test('a run sees nothing of another: services, taps, strategies', async () => {
    new ServiceContainer().provide(CLOCK, { now: () => 1 });
    expect(new ServiceContainer().has(CLOCK)).toBe(false);
    let calls = 0;
    const counting = definePlugin({ name: 'counting', apply: ({ hooks }) => hooks.runStart.tap('counting', () => void calls++) });
    const shared = config({ plugins: [counting] });
    await summaryOf(shared);
    await summaryOf(shared);
    await summaryOf(config());
    expect(calls).toBe(2);
    const [first, second] = [resolveConfig(shared), resolveConfig(config())];
    expect(first.registry).not.toBe(second.registry);
    expect(first.hooks.runStart.taps.map(({ name }) => name)).toEqual(['counting']);
    expect(second.hooks.runStart.taps).toEqual([]);
  });
});

test('a plugin’s own optimizer and aggregator do their part in a run', async () => {
  const backwards = defineOptimizer({ name: 'backwards', summary: 'Uphill.', create: () => ({ name: 'backwards', slots: [], update: ({ weight, gradient, knobs }) => ({ weight: tf.add(weight, tf.mul(gradient, knobs['learningRate']!)), slots: {} }) }) });
  const first = defineAggregator({ name: 'first', summary: 'The first.', create: () => ({ label: 'first', aggregate: ({ signals }) => ({ target: { logits: () => signals[0]!.logits, probabilities: (T = 1) => tf.softmax(tf.div(signals[0]!.logits, T)), logProbabilities: (T = 1) => tf.logSoftmax(tf.div(signals[0]!.logits, T)) }, weights: [1, 0] }) }) });
  const plugins = [definePlugin({ name: 'acme', strategies: [backwards, first] as unknown as AnyStrategy[] as never })];
  const teachers: KdConfig['teachers'] = { letters: { predict: knowsLetters, speaks: 'letter' }, wrong: { predict: (inputs) => tf.neg(knowsLetters(inputs) as tf.Tensor), speaks: 'letter' } };
  const uphill = await summaryOf(config({ plugins, teachers, aggregation: 'first', train: { epochs: 3, batchSize: 16, optimizer: ['backwards', { learningRate: 0.02 }] } }));
  expect(uphill.history.at(-1)!['loss']).toBeGreaterThan(uphill.history[0]!['loss']!);
  expect(uphill.history[0]!['weight/letter/0']).toBe(1);
  expect(uphill.history[0]!['weight/letter/1']).toBe(0);
  const downhill = await summaryOf(config({ plugins, teachers, aggregation: 'first', train: { epochs: 3, batchSize: 16, optimizer: ['sgd', { learningRate: 0.02 }] } }));
  expect(downhill.history.at(-1)!['loss']).toBeLessThan(downhill.history[0]!['loss']!);
});

describe('plugins without types', () => {
  const made = (kind: string, create: unknown): Registry => registryOf(withLosses('acme', { kind, name: 'mine', summary: 'Mine.', create }));

  test.each([
    ['nothing', undefined, 'its kind is undefined'],
    ['no kind', { name: 'mine', create: () => ({}) }, 'its kind is undefined'],
    ['a kind that there is not', { kind: 'losss', name: 'mine', create: () => ({}) }, 'its kind is losss'],
    ['no create', { kind: 'loss', name: 'mine' }, 'no function `create`'],
  ])('a list of strategies may not hold one with %s', async (_, strategy, problem) => {
    const error = await failure(() => registryOf(withLosses('acme', strategy)), 'KD_STRATEGY_INVALID');
    expect(error.message).toContain("plugin 'acme'");
    expect(error.message).toContain(problem);
  });

  test.each([
    ['loss', 5, 'create gave number, expected an object with `compute`'],
    ['loss', { role: 'soft' }, 'no function `compute`'],
    ['loss', { compute: () => 0 }, "its role is undefined, expected 'hard'"],
    ['loss', Promise.resolve({}), 'no function `compute`'],
    ['aggregator', {}, '`aggregate`'],
    ['alpha', { label: 'half' }, '`init`, `value`'],
    ['memory', null, 'create gave null, expected an object with `plan`'],
    ['optimizer', { update: () => 0 }, 'no list `slots`'],
    ['schedule', 3, 'create gave number, expected a function'],
    ['schedule', (step: number) => 1 / step, 'it gave number, expected a function of the step'],
    ['teacher', {}, '`open`'],
    ['data', {}, '`open`'],
    ['backend', { start: () => 0 }, '`available`, `memory`'],
  ] as const)('a strategy that makes no %s says what is missing: %j', async (kind, value, problem) => {
    const error = await failure(() => made(kind, () => value).resolve(kind, 'mine', 'here'), 'KD_STRATEGY_INVALID');
    expect(error.message).toContain(`The ${kind} 'mine' of plugin 'acme'`);
    expect(error.message).toContain(problem);
  });
});
