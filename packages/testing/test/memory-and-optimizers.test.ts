import { builtIn, kdError, type MemoryPlan, type MemoryPolicy, type Optimizer } from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkMemoryPolicy, checkOptimizer, finiteDifferences, type CheckOptimizerOptions, type StrategyOf } from '../src/index.ts';

beforeAll(() => tf.setBackend('cpu'));

const policy = (plan: MemoryPolicy['plan'], more: Partial<MemoryPolicy> = {}): MemoryPolicy => ({ label: 'mine', plan, ...more });
const halving: NonNullable<MemoryPolicy['onExhausted']> = ({ plan, batchRows }) => {
  const rows = Math.floor((plan.microBatch ?? batchRows) / 2);
  return rows === 0 ? undefined : { ...plan, microBatch: rows };
};

describe('checkMemoryPolicy', () => {
  test.each((builtIn.strategies!.filter(({ kind }) => kind === 'memory') as unknown as StrategyOf<'memory'>[]).map((strategy) => [strategy.name, strategy] as const))('%s passes', async (_, strategy) => {
    await checkMemoryPolicy(strategy);
  });

  test('policies that shrink, evict or refuse pass when they keep to the rules', async () => {
    await checkMemoryPolicy(policy(({ studentBytes, teachers }) => {
      if (studentBytes > 1e12) throw kdError('KD_MEMORY_BUDGET', { limit: '', needed: '', student: '', row: '', teacher: '' });
      return { teachers: 'live', resident: teachers.map(({ id }) => id) };
    }, { onExhausted: ({ plan }) => (plan.resident!.length > 0 ? { ...plan, resident: plan.resident!.slice(1) } : undefined) }));
    await checkMemoryPolicy(policy(() => ({}), { onExhausted: halving }));
  });

  let calls = 0;
  const wrong: readonly (readonly [rule: RegExp, policy: MemoryPolicy])[] = [
    [/whole number of rows.*it is 0/, policy(() => ({ microBatch: 0 }))],
    [/whole number of rows.*it is 0.5/, policy(({ batchRows }) => ({ microBatch: batchRows / 2 }))],
    [/whole number of rows from 1 to the batch's 1, but it is 32/, policy(() => ({ microBatch: 32 }))],
    [/'stored' or 'live'/, policy(() => ({ teachers: 'both' }) as unknown as MemoryPlan)],
    [/only live teachers are resident/, policy(({ teachers }) => ({ resident: teachers.map(({ id }) => id) }))],
    [/only live teachers are resident, but they are stored/, policy(({ teachers }) => ({ teachers: 'stored', resident: teachers.map(({ id }) => id) }))],
    [/'third' is none of first, second/, policy(() => ({ teachers: 'live', resident: ['third'] }))],
    [/same estimate gives the same plan/, policy(({ batchRows }) => ({ microBatch: 1 + (calls++ % batchRows) }))],
    [/smaller than the one before/, policy(() => ({}), { onExhausted: ({ plan }) => plan })],
    [/smaller than the one before/, policy(() => ({ microBatch: 1 }), { onExhausted: ({ batchRows }) => ({ microBatch: batchRows }) })],
    [/smaller than the one before/, policy(() => ({ microBatch: 1 }), { onExhausted: () => ({ microBatch: 1, teachers: 'stored' }) })],
    [/smaller than the one before/, policy(({ batchRows }) => ({ microBatch: batchRows, teachers: 'live' }), { onExhausted: ({ plan, batchRows }) => (plan.teachers === 'live' && batchRows > 1 ? { microBatch: Math.floor(batchRows / 2), teachers: 'stored' } : undefined) })],
    [/whole number of rows.*it is 0/, policy(() => ({}), { onExhausted: ({ plan, batchRows }) => ({ microBatch: Math.floor((plan.microBatch ?? batchRows) / 2) }) })],
    [/or refuses with a KdError, but it threw no room/, policy(() => { throw new Error('no room'); })],
    [/answers when memory runs out, but it threw/, policy(() => ({}), { onExhausted: ({ plan }) => ({ resident: plan.resident!.slice(1) }) })],
    [/has a label/, policy(() => ({}), { label: '' })],
  ];

  test.each(wrong)('finds what breaks %s', async (rule, given) => {
    await expect(checkMemoryPolicy(given)).rejects.toThrowError(expect.objectContaining({ code: 'KD_CONFORMANCE', message: expect.stringMatching(rule) }));
  });
});

const optimizers = builtIn.strategies!.filter(({ kind }) => kind === 'optimizer') as unknown as StrategyOf<'optimizer'>[];
const variants: Record<string, CheckOptimizerOptions[]> = {
  sgd: [{}, { options: { momentum: 0.9, nesterov: true, weightDecay: 0.01 } }, { options: { momentum: 0.5, dampening: 0.5 } }],
  adam: [{}, { options: { weightDecay: 0.01 } }],
  adamw: [{}],
};
const down = ({ weight, gradient, knobs }: Parameters<Optimizer['update']>[0], times: Scalar | number = 1): tf.Tensor => tf.sub(weight, tf.mul(gradient, tf.mul(knobs['learningRate']!, times)));
const optimizer = (update: Optimizer['update'], more: Partial<Optimizer> = {}): Optimizer => ({ name: 'mine', slots: [], update, ...more });

describe('checkOptimizer', () => {
  test.each(optimizers.flatMap((strategy) => (variants[strategy.name] ?? [{}]).map((options) => [strategy.name, JSON.stringify(options), strategy, options] as const)))('%s passes with %s', async (_, __, strategy, options) => {
    await checkOptimizer(strategy, options);
  });

  let calls = 0;
  let later = 0;
  const velocity = { slots: ['velocity'] };
  const wrong: readonly (readonly [rule: RegExp, optimizer: Optimizer])[] = [
    [/come down the bowl/, optimizer((input) => ({ weight: down(input, -1), slots: {} }))],
    [/same steps give the same weights/, optimizer((input) => ({ weight: down(input, 1 / (1 + calls++)), slots: {} }))],
    [/same steps give the same weights/, optimizer((input) => ({ weight: down(input, later++ < 3 ? 1 : Number.NaN), slots: {} }))],
    [/learning rate of 0 moves nothing/, optimizer(({ weight, gradient }) => ({ weight: tf.sub(weight, tf.mul(gradient, 0.01)), slots: {} }))],
    [/finite where gradients are 0/, optimizer((input) => ({ weight: down({ ...input, gradient: tf.div(input.gradient, tf.norm(input.gradient)) }), slots: {} }))],
    [/disposed 'gradient'/, optimizer((input) => { const weight = down(input); input.gradient.dispose(); return { weight, slots: {} }; })],
    [/gives slot 'velocity', but it is missing/, optimizer((input) => ({ weight: down(input), slots: {} }), velocity)],
    [/slot 'velocity' keeps its shape \[3\], but it became \[\]/, optimizer((input) => ({ weight: down(input), slots: { velocity: tf.sum(input.gradient) } }), velocity)],
    [/every slot is declared.*'velocity'/, optimizer((input) => ({ weight: down(input), slots: { velocity: input.gradient } }))],
    [/the weight keeps its shape \[\], but it became \[1, 1\]/, optimizer((input) => ({ weight: tf.reshape(down(input), [1, -1]), slots: {} }))],
    [/knobs are finite, but scale is Infinity at step 1/, optimizer((input) => ({ weight: down(input), slots: {} }), { knobs: (step) => ({ scale: 1 / (step - 1) }) })],
    [/run’s own knob/, optimizer((input) => ({ weight: down(input), slots: {} }), { knobs: () => ({ learningRate: 1 }) })],
    [/can update a weight, but it threw broken/, optimizer(() => { throw new Error('broken'); })],
    [/moves each element by itself/, optimizer((input) => ({ weight: down(input, tf.div(1, tf.add(1, tf.norm(input.weight))) as Scalar), slots: {} }), { elementwise: true })],
    [/more are left/, optimizer((input) => ({ weight: tf.keep(down(input)), slots: {} }))],
  ];

  test.each(wrong)('finds what breaks %s', async (rule, given) => {
    await expect(checkOptimizer(given)).rejects.toThrowError(expect.objectContaining({ code: 'KD_CONFORMANCE', message: expect.stringMatching(rule) }));
  });

  test('finds what two of the same optimizer share', async () => {
    let made = 0;
    const strategy: StrategyOf<'optimizer'> = { kind: 'optimizer', name: 'counted', summary: '', create: () => { const scale = 1 / ++made; return optimizer((input) => ({ weight: down(input, scale), slots: {} })); } };
    await expect(checkOptimizer(strategy)).rejects.toThrow(/^optimizer 'counted' breaks its contract: two of the same optimizer share nothing/);
  });
});

describe('finiteDifferences', () => {
  test('gives the gradient of a scalar function', async () => {
    const x = tf.tensor2d([[1, -2], [0.5, 3]]);
    const gradient = await finiteDifferences((moved) => tf.sum(tf.mul(tf.square(moved), tf.tensor2d([[1, 2], [3, 4]]))), x);
    [2, -8, 3, 24].forEach((expected, i) => expect(gradient[i]).toBeCloseTo(expected, 2));
  });

  test('leaves no tensor behind', async () => {
    const x = tf.tensor1d([1, 2]);
    const before = tf.memory().numTensors;
    await finiteDifferences((moved) => tf.sum(moved), x);
    expect(tf.memory().numTensors).toBe(before);
  });
});
