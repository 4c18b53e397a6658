import '@tensorflow/tfjs-backend-cpu';
import { memory, profile, ready, scalar, setBackend, tensor, tidy, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { adam, type AdamOptions } from '../../src/step/optimizers/adam.ts';
import { adamw } from '../../src/step/optimizers/adamw.ts';
import { clipByGlobalNorm, globalNorm } from '../../src/step/optimizers/clip-by-global-norm.ts';
import type { Optimizer } from '../../src/step/optimizers/optimizer.ts';
import { sgd, type SgdOptions } from '../../src/step/optimizers/sgd.ts';
import type { NamedTensors } from '../../src/tensor/named-tensors.ts';

interface Stored { shape: number[]; data: number[] }
interface Case { name: string; reference: string; inputs: Record<string, Stored>; params: Record<string, unknown>; expected: Record<string, unknown> }

const { cases } = JSON.parse(readFileSync(new URL('../golden/optimizers.json', import.meta.url), 'utf8')) as { cases: Case[] };
const named = (prefix: string): Case[] => cases.filter(({ name }) => name.startsWith(prefix));

beforeAll(async () => {
  await setBackend('cpu');
  await ready();
});

function expectClose(received: ArrayLike<number>, expected: readonly number[]): void {
  const tolerance = 1e-5 + 1e-4 * Math.max(...expected.map(Math.abs));
  expect(received.length).toBe(expected.length);
  expected.forEach((value, index) => expect(Math.abs(received[index]! - value)).toBeLessThanOrEqual(tolerance));
}

function zeroSlots(optimizer: Optimizer, weight: Tensor): NamedTensors {
  return Object.fromEntries(optimizer.slots.map((slot) => [slot, zeros(weight.shape)]));
}

/** The weights after each step, as a trainer would take them. */
function train(optimizer: Optimizer, learningRate: number, start: Tensor, gradients: readonly Tensor[]): number[][] {
  let [weight, slots] = [start, zeroSlots(optimizer, start)];
  return gradients.map((gradient, index) => {
    const knobs = Object.fromEntries(Object.entries({ learningRate, ...optimizer.knobs?.(index + 1) }).map(([name, value]) => [name, scalar(value)]));
    const next = tidy(() => {
      const { weight: moved, slots: kept } = optimizer.update({ name: 'w', weight, gradient, slots, knobs });
      return { moved, kept };
    });
    [weight, slots] = [next.moved, next.kept];
    return [...weight.dataSync()];
  });
}

function optimizerOf({ reference, params }: Case): Optimizer {
  const { momentum, nesterov, dampening, weight_decay: weightDecay, betas, eps: epsilon } = params;
  const [beta1, beta2] = (betas as number[] | undefined) ?? [];
  const given = <Options>(options: object): Options => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options;
  if (reference.endsWith('SGD')) return sgd(given<SgdOptions>({ momentum, nesterov, dampening, weightDecay }));
  return (reference.endsWith('AdamW') ? adamw : adam)(given<AdamOptions>({ beta1, beta2, epsilon, weightDecay }));
}

function steps({ inputs }: Case): { start: Tensor; gradients: Tensor[] } {
  const { weights, gradients } = inputs as { weights: Stored; gradients: Stored };
  const size = weights.data.length;
  return {
    start: tensor(weights.data, weights.shape),
    gradients: Array.from({ length: gradients.shape[0]! }, (_, index) => tensor(gradients.data.slice(index * size, (index + 1) * size), weights.shape)),
  };
}

describe('against the reference', () => {
  test.each([...named('sgd'), ...named('adam')])('$name', (golden) => {
    const { start, gradients } = steps(golden);
    const weights = train(optimizerOf(golden), golden.params['lr'] as number, start, gradients).flat();
    expectClose(weights, (golden.expected['weights_after_each_step'] as Stored).data);
    // The weights hardly change in some cases, so what is learnt is compared as well.
    const moved = (values: readonly number[]): number[] => values.map((value, index) => value - golden.inputs['weights']!.data[index % start.size]!);
    const expected = moved((golden.expected['weights_after_each_step'] as Stored).data);
    const tolerance = 1e-3 * Math.max(...expected.map(Math.abs)) + 3e-7 * Math.max(...weights.map(Math.abs));
    moved(weights).forEach((value, index) => expect(Math.abs(value - expected[index]!)).toBeLessThanOrEqual(tolerance));
  });

  test.each(named('clip'))('$name', ({ inputs, params, expected }) => {
    const gradients = Object.fromEntries(Object.entries(inputs).map(([name, { data, shape }]) => [name, tensor(data, shape)]));
    expectClose(globalNorm(gradients).dataSync(), [expected['total_norm'] as number]);
    const clipped = clipByGlobalNorm(gradients, params['max_norm'] as number);
    for (const name of ['a', 'b']) expectClose(clipped[name]!.dataSync(), (expected[name] as Stored).data);
  });
});

describe('every optimizer', () => {
  const optimizers: [string, Optimizer, number][] = [
    ['sgd', sgd(), 2],
    ['sgd with everything', sgd({ momentum: 0.9, dampening: 0.5, weightDecay: 0.1 }), 4],
    ['nesterov', sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.1 }), 5],
    ['adam', adam({ weightDecay: 0.1 }), 5],
    ['adamw', adamw(), 5],
  ];

  test.each(optimizers)('%s: one update holds few weight sizes at once and leaks nothing', async (_, optimizer, most) => {
    const weight = zeros([1000, 10]);
    const [gradient, slots] = [zeros(weight.shape), zeroSlots(optimizer, weight)];
    const knobs = Object.fromEntries(Object.entries({ learningRate: 1, ...optimizer.knobs?.(1) }).map(([name, value]) => [name, scalar(value)]));
    const before = memory();
    const { peakBytes, result } = await profile(() => tidy((): NamedTensors => {
      const output = optimizer.update({ name: 'w', weight, gradient, slots, knobs });
      return { ...output.slots, weight: output.weight };
    }));
    const size = weight.size * 4;
    expect((peakBytes - before.numBytes) / size).toBeLessThan(most + 0.01);
    expect(Object.keys(result as NamedTensors).sort()).toEqual([...optimizer.slots, 'weight'].sort());
    expect(memory().numTensors - before.numTensors).toBe(optimizer.slots.length + 1);
  });

  test.each(optimizers)('%s: goes on from its slots as if never stopped', (_, optimizer) => {
    const gradients = [1, -2, 0.5, 3].map((value) => tensor([value, value / 3]));
    const whole = train(optimizer, 0.1, tensor([1, 2]), gradients);
    const again = train(optimizer, 0.1, tensor([1, 2]), gradients);
    expect(again).toEqual(whole);
    expect(whole.flat().every(Number.isFinite)).toBe(true);
  });
});

test('weights without gradients stay put ', () => {
  const still = [tensor([0, 0]), tensor([0, 0])];
  for (const optimizer of [sgd({ momentum: 0.9 }), adam(), adamw({ weightDecay: 0 })]) {
    expect(train(optimizer, 0.1, tensor([1, -2]), still)).toEqual([[1, -2], [1, -2]]);
  }
});

test('adamw alone decays weights where nothing is said: by a hundredth of the learning rate a step', () => {
  const decayed = (optimizer: Optimizer): number[] => train(optimizer, 0.1, tensor([1, -2]), [tensor([0, 0])])[0]!;
  expectClose(decayed(adamw()).map((weight, i) => weight - [1, -2][i]!).map((change) => change * 1000), [-1, 2]);
  for (const optimizer of [sgd(), adam()]) expect(decayed(optimizer)).toEqual([1, -2]);
});

test('a decay too small for 1 − decay in float32 keeps its size on average', () => {
  const decay = 2.5 * 2 ** -24;
  const values = Array.from({ length: 4096 }, (_, index) => Math.fround(1 + index / 4096 + 1e-5 * Math.sin(index)));
  const [after] = train(adamw({ weightDecay: 0.01 }), decay / 0.01, tensor(values), [tensor(values.map(() => 0))]);
  const lost = values.reduce((sum, value, index) => sum + value - after![index]!, 0);
  expect(lost / values.reduce((sum, value) => sum + value * decay, 0)).toBeCloseTo(1, 1);
});

test('adam is as accurate after many steps as after one', () => {
  // With a constant gradient every step is exactly one learning rate.
  const steps = 3000;
  const weights = train(adam(), 2 ** -10, tensor([8]), Array.from({ length: steps }, () => tensor([0.3])));
  const last = weights.at(-1)![0]! - weights.at(-2)![0]!;
  expect(Math.abs(last / -(2 ** -10) - 1)).toBeLessThan(1e-3);
});

test('clipping leaves zero gradients zero and an empty set empty', () => {
  const clipped = clipByGlobalNorm({ w: tensor([0, 0]) }, 1);
  expect([...clipped['w']!.dataSync()]).toEqual([0, 0]);
  expect(globalNorm({}).dataSync()[0]).toBe(0);
  expect(clipByGlobalNorm({}, 1)).toEqual({});
});

test('clipping keeps only its results', () => {
  const gradients = { a: tensor([3, 4]), b: tensor([[12]]) };
  const before = memory().numTensors;
  const clipped = clipByGlobalNorm(gradients, 1.3);
  expect(memory().numTensors).toBe(before + 2);
  expectClose(clipped['b']!.dataSync(), [1.2]);
});

test.each<[string, () => Optimizer]>([
  ["sgd's momentum must be at least 0 and below 1, but 1 was given", () => sgd({ momentum: 1 })],
  ["sgd's momentum must be above 0 for nesterov, but 0 was given", () => sgd({ nesterov: true })],
  ["sgd's dampening must be 0 for nesterov, but 0.1 was given", () => sgd({ nesterov: true, momentum: 0.9, dampening: 0.1 })],
  ["sgd's weightDecay must be at least 0, but -1 was given", () => sgd({ weightDecay: -1 })],
  ["adam's beta2 must be at least 0 and below 1, but 0.99999999999 was given", () => adam({ beta2: 0.99999999999 })],
  ["adamw's epsilon must be at least 0, but NaN was given", () => adamw({ epsilon: Number.NaN })],
])('%s', (message, make) => {
  expect(make).toThrow(message);
});
