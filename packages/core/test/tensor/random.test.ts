import '@tensorflow/tfjs-backend-cpu';
import { memory, ready, setBackend } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { Random, eagerRandom, type RandomStream } from '../../src/tensor/random.ts';

const seeds = fc.maxSafeNat();
const take = (stream: RandomStream, n: number): number[] => Array.from({ length: n }, () => stream.uniform());
const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

describe('Random', () => {
  test('gives the same numbers on every machine, for good', () => {
    expect(take(new Random(7).stream('shuffle', 3), 5).map((value) => value * 2 ** 32)).toEqual([1649283294, 2139194872, 2857160107, 516505303, 2401265815]);
    const stream = new Random(7).stream('noise', 2, 2 ** 40);
    expect([stream.normal(), stream.normal(), stream.int(1000)]).toEqual([0.9119661850918815, -0.1880180056015007, 300]);
  });

  test('a stream is a function of seed, purpose and counters, not of the draws before it', () => {
    fc.assert(fc.property(seeds, fc.string(), fc.array(fc.maxSafeNat(), { maxLength: 4 }), fc.nat(9), (seed, purpose, counters, before) => {
      const untouched = take(new Random(seed).stream(purpose, ...counters), 6);
      const random = new Random(seed);
      const other = random.stream('other', 1);
      const stream = random.stream(purpose, ...counters);
      take(other, before);
      expect(take(stream, 6)).toEqual(untouched);
    }));
  });

  test('streams that differ in anything share no numbers', () => {
    const identities: [number, string, number[]][] = [
      [7, 'a', []], [7, 'a', [0]], [7, 'a', [0, 0]], [7, 'a', [97]], [7, 'a', [1]], [7, 'a', [2 ** 32]], [7, 'a', [2 ** 32 + 1]], [7, 'aa', []],
      [7, 'a\0', []], [7, '', [97]], [7, '', []], [8, 'a', []], [7 + 2 ** 32, 'a', []], [7, 'b', []],
    ];
    const drawn = identities.flatMap(([seed, purpose, counters]) => take(new Random(seed).stream(purpose, ...counters), 50));
    expect(new Set(drawn).size).toBe(drawn.length);
  });

  test.each([-1, 1.5, 2 ** 53, Number.NaN])('refuses %d as a seed, a counter and a bound', (wrong) => {
    expect(() => new Random(wrong)).toThrow(expect.objectContaining({ code: 'KD_NUMBER' }));
    expect(() => new Random(1).stream('shuffle', wrong)).toThrow(/'shuffle' must be a whole number/);
    expect(() => new Random(1).stream('shuffle').int(wrong)).toThrow(/bound .* must be a whole number/);
  });
});

describe('RandomStream', () => {
  test('uniform numbers are in [0, 1), spread evenly and uncorrelated', () => {
    const values = new Random(1).stream('uniform').fillUniform(new Float32Array(100_000));
    const buckets = new Array<number>(20).fill(0);
    for (const value of values) buckets[Math.floor(value * 20)]!++;
    // χ² with 19 degrees of freedom: above 43.8 once in a thousand seeds.
    expect(buckets.reduce((sum, count) => sum + (count - 5000) ** 2 / 5000, 0)).toBeLessThan(43.8);
    expect(Math.max(...values.subarray(0, 50_000))).toBeLessThan(1);
    expect(Math.abs(mean(values.map((value, index) => (value - 0.5) * ((values[index + 1] ?? 0.5) - 0.5))))).toBeLessThan(0.001);
  });

  test('filling in pieces equals filling at once, and float32 rounds down', () => {
    const whole = new Random(2).stream('fill').fillUniform(new Float32Array(11));
    const pieces = new Random(2).stream('fill');
    const parts = [pieces.fillUniform(new Float32Array(3)), pieces.fillUniform(new Float32Array(8))];
    expect(parts.flatMap((part) => [...part])).toEqual([...whole]);
    expect(take(new Random(2).stream('fill'), 11).map((value) => Math.floor(value * 2 ** 24) / 2 ** 24)).toEqual([...whole]);
  });

  test('normal numbers have the moments and the tails of the normal distribution', () => {
    const values = new Random(3).stream('normal').fillNormal(new Float32Array(200_000));
    expect(mean(values)).toBeCloseTo(0, 2);
    expect(mean(values.map((value) => value ** 2))).toBeCloseTo(1, 2);
    expect(mean(values.map((value) => value ** 4))).toBeCloseTo(3, 1);
    expect(mean(values.map((value) => (value > 1.959964 ? 1 : 0)))).toBeCloseTo(0.025, 2.5);
    expect(mean(values.map((value) => (value < -2.575829 ? 1 : 0)))).toBeCloseTo(0.005, 2.5);
  });

  test('whole numbers stay below their bound and are equally likely where a plain remainder is not', () => {
    fc.assert(fc.property(seeds, fc.integer({ min: 1, max: 2 ** 31 - 1 }), (seed, below) => {
      const value = new Random(seed).stream('int').int(below);
      expect(Number.isInteger(value) && value >= 0 && value < below).toBe(true);
    }));
    const below = 3 * 2 ** 30; // A plain remainder would put half of the numbers into the lower third.
    const stream = new Random(4).stream('int');
    expect(mean(Array.from({ length: 20_000 }, () => (stream.int(below) < 2 ** 30 ? 1 : 0)))).toBeCloseTo(1 / 3, 1.5);
    expect(stream.int(1)).toBe(0);
    expect(stream.int(2 ** 32)).toBeGreaterThanOrEqual(0);
  });

  test('a permutation holds every index once, and every order is equally likely', () => {
    fc.assert(fc.property(seeds, fc.nat(200), (seed, n) => {
      const order = new Random(seed).stream('shuffle').permutation(n);
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, index) => index));
    }));
    const random = new Random(5);
    const seen = new Map<string, number>();
    for (let epoch = 0; epoch < 6000; epoch++) {
      const order = random.stream('shuffle', epoch).permutation(3).join('');
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });
});

describe('eagerRandom', () => {
  beforeAll(async () => {
    await setBackend('cpu');
    await ready();
  });

  test('draws depend on step, purpose and how often the purpose was asked, not on other purposes', () => {
    const before = memory().numTensors;
    const first = eagerRandom(new Random(9), 4);
    const a = first.uniform([2, 3], 'dropout');
    const noise = first.normal([4], 'noise');
    const b = first.uniform([2, 3], 'dropout');
    const again = eagerRandom(new Random(9), 4);
    const [noiseAgain, aAgain] = [again.normal([4], 'noise'), again.uniform([2, 3], 'dropout')];
    const later = eagerRandom(new Random(9), 5).uniform([2, 3], 'dropout');
    expect(a.shape).toEqual([2, 3]);
    expect(a.dtype).toBe('float32');
    expect([...aAgain.dataSync()]).toEqual([...a.dataSync()]);
    expect([...noiseAgain.dataSync()]).toEqual([...noise.dataSync()]);
    const drawn = [a, b, later].flatMap((tensor) => [...tensor.dataSync()]);
    expect(new Set(drawn).size).toBe(drawn.length);
    expect(eagerRandom(new Random(9), 4).normal([], 'noise').shape).toEqual([]);
    expect(memory().numTensors).toBe(before + 7);
  });
});
