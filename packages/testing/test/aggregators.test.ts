import { builtIn, geometricMeanOf, mixtureOf, Registry, ServiceContainer, targetOf, type Aggregate, type AggregationInput, type Aggregator } from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkAggregator, type CheckAggregatorOptions, type StrategyOf } from '../src/index.ts';

beforeAll(() => tf.setBackend('cpu'));

const builtIns = builtIn.strategies!.filter(({ kind, name }) => kind === 'aggregator' && name !== 'per-granularity') as unknown as StrategyOf<'aggregator'>[];
const weights = { first: 3, second: 1, third: 2 };
const variants: Record<string, CheckAggregatorOptions[]> = {
  mean: [{}, { options: { of: 'logits' } }],
  weighted: [{ options: { weights } }, { options: { weights, of: 'logits' } }],
};
const logitsOf = ({ signals }: AggregationInput): Tensor2D[] => signals.map(({ logits }) => logits);
const mean = (input: AggregationInput): Aggregate => ({ target: mixtureOf(logitsOf(input), input.signals.map(() => -Math.log(input.signals.length))), weights: input.signals.map(() => 1 / input.signals.length) });
const aggregator = (aggregate: Aggregator['aggregate'], more: Partial<Aggregator> = {}): Aggregator => ({ aggregate, ...more });
/** By their share of right answers on the judged samples. */
const byAccuracy: Aggregator = {
  prepare: ({ teachers, labels, classes }) => Object.fromEntries(teachers.map(({ teacher, logits }) => {
    const right = labels.filter((label, row) => logits.subarray(row * classes, (row + 1) * classes).every((value, c) => c === label || value < logits[row * classes + label]!)).length;
    return [teacher, right / labels.length];
  })),
  aggregate(input, prepared) {
    const found = input.signals.map(({ teacher }) => (prepared as Record<string, number>)[teacher]! + 0.01);
    const shares = found.map((value) => value / found.reduce((sum, one) => sum + one, 0));
    return { target: mixtureOf(logitsOf(input), shares.map(Math.log)), weights: shares };
  },
};

describe('checkAggregator', () => {
  test.each(builtIns.flatMap((strategy) => (variants[strategy.name] ?? [{}]).map((options) => [strategy.name, JSON.stringify(options), strategy, options] as const)))('%s passes with %s', async (_, __, strategy, options) => {
    await checkAggregator(strategy, options);
  });

  test('the parts of a composite pass', async () => {
    const registry = new Registry(new ServiceContainer());
    for (const strategy of builtIn.strategies!) registry.add('kd', strategy);
    const composite = registry.resolve('aggregator', ['per-granularity', { low: ['weighted', { weights }] }], 'aggregation') as Aggregator & { forGranularity(name: string): Aggregator };
    await checkAggregator(composite.forGranularity('low'));
    await checkAggregator(composite.forGranularity('others'));
  });

  test('aggregators that prepare, or look at the student, pass when they keep to the rules', async () => {
    await checkAggregator(byAccuracy);
    await checkAggregator(aggregator((input) => {
      const gaps = input.signals.map((_, k) => tf.neg(tf.mean(tf.square(input.gradientOf!(k)))));
      const shares = tf.unstack(tf.softmax(tf.stack(gaps)));
      return { target: mixtureOf(logitsOf(input), shares.map((share) => tf.log(share))), weights: shares };
    }, { needs: { student: 'gradients' } }));
  });

  let calls = 0;
  const wrong: readonly (readonly [rule: RegExp, aggregator: Aggregator])[] = [
    [/weights sum to 1, but .* sum to 3/, aggregator((input) => ({ ...mean(input), weights: input.signals.map(() => 1) }))],
    [/one weight a teacher, 3 in all, but there are 1/, aggregator((input) => ({ ...mean(input), weights: [1] }))],
    [/order of the teachers makes no difference/, aggregator(({ signals }) => ({ target: targetOf(signals[0]!.logits) }))],
    [/weights move with their teachers/, aggregator((input) => ({ ...mean(input), weights: input.signals.map((_, k) => (k === 0 ? 1 : 0)) }))],
    [/a teacher by itself comes back as it was/, aggregator((input) => ({ target: mixtureOf(logitsOf(input).map((logits) => tf.mul(logits, 2)), input.signals.map(() => -Math.log(input.signals.length))) }))],
    [/teachers that agree come back as they were/, aggregator((input) => ({ target: geometricMeanOf(logitsOf(input), input.signals.map(() => 1)) }))],
    [/comes back as it was, at T = 4, too/, aggregator((input) => { const { target } = mean(input); return { target: { ...target, probabilities: () => target.probabilities(1) } }; })],
    [/rows sum to 1 at T = 1/, aggregator((input) => { const { target } = mean(input); return { target: { ...target, probabilities: (T) => tf.mul(target.probabilities(T), 3) } }; })],
    [/`logProbabilities` are the logarithms/, aggregator((input) => { const { target } = mean(input); return { target: { ...target, logProbabilities: () => target.logits() as Tensor2D, logits: () => target.logits(), probabilities: (T) => tf.softmax(tf.mul(target.logProbabilities(T), 2)) } }; })],
    [/target is finite \(certain teachers\)/, aggregator((input) => { const sum = tf.mul(tf.addN(logitsOf(input).map((logits) => tf.softmax(logits))), 1 / input.signals.length) as Tensor2D; return { target: { probabilities: (T) => (T === undefined || T === 1 ? sum : mean(input).target.probabilities(T)), logProbabilities: () => tf.log(sum), logits: () => tf.log(sum) } }; })],
    [/target is finite \(large teachers\)/, aggregator((input) => { const { target } = mean(input); return { target: { ...target, logits: () => tf.neg(tf.log(tf.exp(tf.mul(input.signals[0]!.logits, -2)))) as Tensor2D } }; })],
    [/the same signals give the same target/, aggregator((input) => ({ target: targetOf(tf.mul(logitsOf(input)[0]!, 1 + calls++)) }))],
    [/can be aggregated, but it threw/, aggregator((input) => ({ target: targetOf(tf.add(input.student!, logitsOf(input)[0]!)) }))],
    [/plain data.*its result is a Map/, { ...byAccuracy, prepare: () => new Map() }],
    [/plain data.*its result\.first is NaN/, { ...byAccuracy, prepare: () => ({ first: Number.NaN }) }],
    [/prepare itself, but it threw broken/, { ...byAccuracy, prepare: () => { throw new Error('broken'); } }],
    [/target has the shape \[4, 5\]/, aggregator(() => ({ target: targetOf(tf.zeros([4, 3]) as Tensor2D) }))],
    [/more are left/, aggregator((input) => { tf.keep(tf.scalar(1)); return mean(input); })],
  ];

  test.each(wrong)('finds what breaks %s', async (rule, given) => {
    await expect(checkAggregator(given)).rejects.toThrowError(expect.objectContaining({ code: 'KD_CONFORMANCE', message: expect.stringMatching(rule) }));
  });

  test('a teacher may be changed by those that repair teachers', async () => {
    const sharpened = aggregator((input) => ({ target: mixtureOf(logitsOf(input).map((logits) => tf.mul(logits, 2)), input.signals.map(() => -Math.log(input.signals.length))) }));
    await checkAggregator(sharpened, { repairs: true });
  });

  test('leaves no tensor behind', async () => {
    await checkAggregator(byAccuracy);
    const before = tf.memory().numTensors;
    await checkAggregator(byAccuracy);
    expect(tf.memory().numTensors).toBe(before);
  });
});
