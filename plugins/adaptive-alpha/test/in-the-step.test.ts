import { builtIn, disposeAll, eagerRandom, Random, type AlphaScheduler } from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose } from './golden.ts';
import { resolve } from './resolve.ts';
import { balanced, joint, knobsOf, labelledHalf, see, seeFresh, stepOf, transferHalf, type Seen } from './small-step.ts';

beforeAll(() => tf.setBackend('cpu'));

const constant: AlphaScheduler = builtIn.strategies!.find(({ kind, name }) => kind === 'alpha' && name === 'constant')!.create({ alpha: 0.5 } as never, {}) as AlphaScheduler;
const learned = 'alpha/logVariances';
const studentOf = ({ gradients }: Seen): number[] => Object.entries(gradients).filter(([name]) => name.startsWith('student/')).flatMap(([, values]) => values);
const weighed = (a: Seen, b: Seen, x: number, y: number): number[] => studentOf(a).map((value, i) => x * value + y * studentOf(b)[i]!);

describe('uncertainty in the step', () => {
  const uncertainty = resolve(['uncertainty', { initial: -0.5 }]);
  const weight = Math.exp(0.5);

  test('weighs both sides and gives its own tensors their gradient', () => {
    const seen = seeFresh(uncertainty, balanced(), knobsOf(0.5));
    const { hard, soft, loss, alpha } = seen.stats as Record<'hard' | 'soft' | 'loss' | 'alpha', number>;
    expectClose([loss, alpha], [weight * (hard + soft) - 0.5, 0.5]);
    expectClose(seen.gradients[learned]!, [0.5 - weight * hard, 0.5 - weight * soft]);
    const halves = [1, 0].map((only) => seeFresh(constant, balanced(), knobsOf(only)));
    expectClose(studentOf(seen), weighed(halves[0]!, halves[1]!, weight, weight));
  });

  test('weighs a part of a batch that has one side only by the same weights', () => {
    const whole = studentOf(seeFresh(uncertainty, balanced(), knobsOf(0.5)));
    const parts = [labelledHalf(), transferHalf()].map((batch) => seeFresh(uncertainty, batch, knobsOf(0.5)));
    expectClose(weighed(parts[0]!, parts[1]!, 1, 1), whole);
  });

  test('learns with the student, without a leak', () => {
    const step = stepOf(uncertainty);
    let { state } = step.initial();
    const [batch, knobs] = [balanced(), knobsOf(0.5, { learningRate: 0.05 })];
    const take = (): number => {
      const { stats, gradients, updates } = step.differentiate(state, batch, knobs, () => eagerRandom(new Random(5), 0));
      const loss = stats.dataSync()[0]!;
      stats.dispose();
      state = step.apply(state, gradients, updates, knobs);
      return loss;
    };
    const first = take();
    const tensors = tf.memory().numTensors;
    let last = first;
    for (let i = 0; i < 60; i++) last = take();
    expect(tf.memory().numTensors).toBe(tensors);
    expect(last).toBeLessThan(first);
    expect(state[learned]!.dataSync()[0]).not.toBeCloseTo(-0.5, 1);
    disposeAll(state);
  });
});

describe('gradnorm in the step', () => {
  test('is told the norms of both sides and the cosine between them, and changes no gradient', () => {
    const seen = seeFresh(resolve('gradnorm'), balanced(), knobsOf(0.3));
    const [hard, soft, both] = [1, 0, 0.3].map((alpha) => seeFresh(constant, balanced(), knobsOf(alpha)));
    expectClose(studentOf(seen), studentOf(both!));
    const names = ['loss', 'hard', 'soft', 'alpha', 'correct', 'gradientNorm'];
    expectClose(names.map((name) => seen.stats[name]!), names.map((name) => both!.stats[name]!));
    expectClose([seen.stats['norm/hard']!, seen.stats['norm/soft']!], [Math.hypot(...studentOf(hard!)), Math.hypot(...studentOf(soft!))]);
    const product = studentOf(hard!).reduce((sum, value, i) => sum + value * studentOf(soft!)[i]!, 0);
    expectClose([seen.stats['cosine']!], [product / Math.hypot(...studentOf(hard!)) / Math.hypot(...studentOf(soft!))]);
  });

  test('survives a batch that lacks a side', () => {
    const seen = seeFresh(resolve('gradnorm'), transferHalf(), knobsOf(0.3));
    expectClose([seen.stats['norm/hard']!, seen.stats['cosine']!], [0, 0]);
    expectClose(studentOf(seen), studentOf(seeFresh(constant, transferHalf(), knobsOf(0.3))));
  });
});

describe('teacher-correct in the step', () => {
  const counts = { digit: 5, soft: 6 };
  const alphas = [0.3, 1, 0.3, 1, 0, 0.3];

  test.each(['digit', 'backwards'] as const)('weighs each sample by whether the teacher is right, whose classes are %s', (speaks) => {
    const seen = seeFresh(resolve('teacher-correct'), joint(speaks), knobsOf(0.3, counts), speaks);
    expectClose([seen.stats['alpha']!], [alphas.reduce((sum, alpha) => sum + alpha, 0) / alphas.length]);

    // The same sum by one sample at a time: a term's mean over one row times its weight.
    const alone = (side: 'hard' | 'soft', row: number): Seen => {
      const all = joint();
      const one = Object.fromEntries(Object.entries(all.tensors).map(([name, tensor]) => [name, tf.slice(tensor, [row], [1])]));
      const layout = { rows: 1, labelled: side === 'hard' ? [0, 1] as const : undefined, transfer: side === 'soft' ? [0, 1] as const : undefined };
      const step = stepOf(constant);
      return see(step, step.initial().state, { layout, tensors: one }, knobsOf(side === 'hard' ? 1 : 0, { digit: 1, soft: 1 }));
    };
    let [hard, soft] = [0, 0];
    alphas.forEach((alpha, row) => {
      if (alpha > 0) hard += (alpha * alone('hard', row).stats['hard']!) / counts.digit;
      soft += ((1 - alpha) * alone('soft', row).stats['soft']!) / counts.soft;
    });
    expectClose([seen.stats['hard']!, seen.stats['soft']!, seen.stats['loss']!], [hard, soft, hard + soft]);
    expect(studentOf(seen).every(Number.isFinite)).toBe(true);
  });

  test('hears a teacher of the most likely classes only as one of all classes', () => {
    const dense = joint();
    const logits = dense.tensors['signals/big/logits']!;
    const { values, indices } = tf.topk(tf.logSoftmax(logits), 2);
    const { 'signals/big/logits': _, ...rest } = dense.tensors;
    const tail = tf.log(tf.sub(1, tf.sum(tf.exp(values), 1)));
    const sparse = { ...dense, tensors: { ...rest, 'signals/big/indices': indices, 'signals/big/logProbabilities': values, 'signals/big/tail': tail } };
    const seen = seeFresh(resolve('teacher-correct'), sparse, knobsOf(0.3, counts));
    const whole = seeFresh(resolve('teacher-correct'), dense, knobsOf(0.3, counts));
    expectClose([seen.stats['alpha']!, seen.stats['loss']!], [whole.stats['alpha']!, whole.stats['loss']!]);
  });
});
