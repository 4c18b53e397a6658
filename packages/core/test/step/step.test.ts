import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { mean } from '../../src/built-in/aggregation/mean.ts';
import type { Aggregator } from '../../src/objective/aggregation.ts';
import type { AlphaScheduler } from '../../src/objective/alpha.ts';
import type { Loss } from '../../src/objective/loss.ts';
import { joinStats, readStats } from '../../src/step/stats.ts';
import { expectClose } from '../../../../test/golden/golden-cases.ts';
import { at, ROWS, labels, batchOf, knobsOf, stepFor, flat, run, constant } from './small-step.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('what a step computes', () => {
  test('is the objective, written out', () => {
    const { step, model } = stepFor('plain');
    const { stats, gradients } = run(step, batchOf());
    const tensors = batchOf().tensors;
    const logSoftmax = (x: tf.Tensor): tf.Tensor => tf.logSoftmax(x as Tensor2D);
    const objective = (): { hard: tf.Tensor; soft: tf.Tensor } => {
      const z = model.apply(tensors['inputs/x']!) as Tensor2D;
      const own = tf.oneHot(tf.tensor1d(labels, 'int32'), 4);
      const hard = tf.div(tf.neg(tf.sum(tf.mul(own, logSoftmax(z)))), 6);
      const p = tf.div(tf.add(tf.softmax(tf.div(tensors['signals/one/logits']!, 4)), tf.softmax(tf.div(tensors['signals/two/logits']!, 4))), 2);
      const kl = (target: tf.Tensor, q: tf.Tensor, T: number): tf.Tensor => tf.mul(tf.div(tf.sum(tf.mul(target, tf.sub(tf.log(target), q))), ROWS), T * T);
      const even = tf.logSumExp(tf.gather(z, [0, 2], 1), 1, true);
      const odd = tf.logSumExp(tf.gather(z, [1, 3], 1), 1, true);
      const coarse = tf.concat([even, odd], 1);
      const soft = tf.add(kl(p, logSoftmax(tf.div(z, 4)), 4), tf.mul(kl(tf.softmax(tf.div(tensors['signals/three/logits']!, 2)), logSoftmax(tf.div(coarse, 2)), 2), 0.5));
      return { hard, soft };
    };
    const { value, grads } = tf.variableGrads(() => {
      const { hard, soft } = objective();
      return tf.add(tf.mul(hard, 0.3), tf.mul(soft, 0.7)) as tf.Scalar;
    });
    expectClose([stats['loss']!], value.dataSync() as Float32Array);
    // Variables of other tests' models are not part of this one's loss.
    const mine = model.trainableWeights.map((weight) => grads[(weight.read() as tf.Variable).name]!);
    expectClose(gradients, mine.flatMap((gradient) => [...gradient.dataSync()]));
    const { hard, soft } = objective();
    expectClose([stats['hard']!, stats['soft']!], [hard.dataSync()[0]!, soft.dataSync()[0]!]);
    expectClose([stats['weight/digit/0']!, stats['weight/digit/1']!, stats['alpha']!], [0.5, 0.5, 0.3]);
    expect(stats['gradientNorm']).toBeCloseTo(Math.hypot(...gradients), 4);
    const answers = (tf.argMax(model.apply(tensors['inputs/x']!) as Tensor2D, -1).dataSync() as Int32Array);
    expect(stats['correct']).toBe(labels.filter((label, row) => label === answers[row]).length);
  });

  test('a soft term without a trust weighs 1', () => {
    const { step } = stepFor('plain');
    const without = knobsOf({ 'trust/digit': 1 });
    const whole = run(step, batchOf(), { 'trust/parity': 1 });
    delete without['trust/digit'];
    delete without['trust/parity'];
    const { gradients, stats } = step.differentiate(step.initial().state, batchOf(), without, at(0));
    expectClose(flat(gradients), whole.gradients);
    expectClose([...stats.dataSync()], Object.values(whole.stats));
  });

  test('α = 1 listens to labels only, α = 0 to teachers only', () => {
    const { step } = stepFor('plain');
    const [hardOnly, softOnly, both] = [1, 0, 0.25].map((alpha) => run(step, batchOf(), { alpha }));
    expectClose(both!.gradients, hardOnly!.gradients.map((slope, i) => 0.25 * slope + 0.75 * softOnly!.gradients[i]!));
    expect(hardOnly!.stats['loss']).toBeCloseTo(hardOnly!.stats['hard']!, 5);
    expect(softOnly!.stats['loss']).toBeCloseTo(softOnly!.stats['soft']!, 5);
    const withoutSoft = run(step, { ...batchOf(), layout: { rows: ROWS, labelled: [0, ROWS], transfer: undefined } }, { alpha: 1 });
    expectClose(withoutSoft.gradients, hardOnly!.gradients);
  });

  test('micro-batches add up to the whole batch', () => {
    const { step } = stepFor('plain');
    const whole = run(step, batchOf());
    const parts = ([[0, 3], [3, 4], [4, 8]] as const).map((range) => run(step, batchOf(range)));
    expectClose(whole.gradients.map((_, i) => parts.reduce((sum, part) => sum + part.gradients[i]!, 0)), whole.gradients);
    const joined = joinStats(parts.map(({ stats }) => stats));
    for (const name of ['loss', 'hard', 'soft', 'correct', 'term/parity']) expect(joined[name]).toBeCloseTo(whole.stats[name]!, 4);
    // What no part knows is not known of the whole.
    const labelsAlone = run(step, { ...batchOf(), layout: { rows: ROWS, labelled: [0, ROWS], transfer: undefined } }).stats;
    const half = joinStats([labelsAlone, labelsAlone]);
    expect([half['term/digit'], half['term/hard/digit']]).toEqual([Number.NaN, 2 * labelsAlone['term/hard/digit']!]);
  });

  test('balanced batches take labels from their first rows and teachers from the rest', () => {
    const { step } = stepFor('plain');
    const joined = run(step, batchOf([0, 8], true), { 'count/hard/digit': 4, 'count/digit': 4, 'count/parity': 4 });
    const hard = run(step, { ...batchOf([0, 4]), layout: { rows: 4, labelled: [0, 4], transfer: undefined } }, { 'count/hard/digit': 4 });
    const soft = run(step, { ...batchOf([4, 8]), layout: { rows: 4, labelled: undefined, transfer: [0, 4] } }, { 'count/digit': 4, 'count/parity': 4 });
    expectClose(joined.gradients, hard.gradients.map((slope, i) => slope + soft.gradients[i]!));
  });

  test('a loss may be NaN for samples that it does not cover', () => {
    const loss: Loss = {
      role: 'soft', needs: { labels: true },
      compute: ({ student, labels: known }) => tf.where(tf.less(known as tf.Tensor1D, 0), Number.NaN, tf.sum(tf.square(student), -1)) as tf.Tensor1D,
    };
    const { step } = stepFor('plain', { loss });
    const { gradients, stats } = run(step, batchOf(), { 'count/digit': 6, 'count/parity': 6 });
    expect([stats['term/digit']!, ...gradients].every(Number.isFinite)).toBe(true);
  });

  test('a loss that averages by itself is refused', () => {
    const loss: Loss = { role: 'soft', compute: ({ student }) => tf.mean(student) as unknown as tf.Tensor1D };
    const { step } = stepFor('plain', { loss });
    expect(() => run(step, batchOf())).toThrow(expect.objectContaining({ code: 'KD_LOSS_SHAPE' }));
  });
});

describe('how the two sides are weighed', () => {
  test('gradients of both sides, their norms and cosine, on request', () => {
    const { step } = stepFor('plain', { alpha: { ...constant, needs: { gradients: true } } });
    const plain = run(stepFor('plain').step, batchOf());
    const { gradients, stats } = run(step, batchOf());
    expectClose(gradients, plain.gradients);
    const { gradients: hard } = run(step, batchOf(), { alpha: 1 });
    const { gradients: soft } = run(step, batchOf(), { alpha: 0 });
    const dot = (a: number[], b: number[]): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
    expectClose([stats['norm/hard']!, stats['norm/soft']!], [Math.hypot(...hard), Math.hypot(...soft)]);
    expect(stats['cosine']).toBeCloseTo(dot(hard, soft) / Math.hypot(...hard) / Math.hypot(...soft), 4);
    expect(stats['loss']).toBeCloseTo(plain.stats['loss']!, 4);
  });

  test('one α a sample', () => {
    const perSample = ({ labels: known }: { labels: tf.Tensor1D }): tf.Tensor1D => tf.cast(tf.greaterEqual(known, 2), 'float32') as tf.Tensor1D;
    const { step } = stepFor('plain', { alpha: { ...constant, perSample } });
    const { stats } = run(step, batchOf());
    const rows = labels.map((_, row) => run(stepFor('plain').step, batchOf([row, row + 1])).stats);
    const expected = labels.reduce((sum, label, row) => sum + (label >= 2 ? rows[row]!['hard']! : rows[row]!['soft']!), 0);
    expect(stats['loss']).toBeCloseTo(expected, 4);
    expect(stats['alpha']).toBeCloseTo(3 / 8, 5);
  });

  test('weights that learn are trained', () => {
    const learned: AlphaScheduler['learned'] = {
      initial: { s: [0, 0.5] },
      weigh: ({ hard, soft }, { s }) => {
        const [a, b] = tf.unstack(tf.exp(tf.neg(s!)) as tf.Tensor1D) as [tf.Scalar, tf.Scalar];
        return { total: tf.add(tf.add(tf.mul(a, hard), tf.mul(b, soft)), tf.sum(s!)) as tf.Scalar, alpha: tf.div(a, tf.add(a, b)) };
      },
    };
    const { step } = stepFor('plain', { alpha: { ...constant, learned } });
    const { state, trainable } = step.initial();
    expect(trainable).toContain('alpha/s');
    const { gradients, stats } = step.differentiate(state, batchOf(), knobsOf(), at(0));
    const seen = readStats(step.stats, stats.dataSync());
    expectClose(gradients['alpha/s']!.dataSync(), [1 - seen['hard']!, 1 - Math.exp(-0.5) * seen['soft']!]);
    expect(seen['alpha']).toBeCloseTo(1 / (1 + Math.exp(-0.5)), 5);
  });
});

describe('aggregators that look at the student', () => {
  test('see the gradient of the loss against each teacher', () => {
    const seen: Record<number, number[][]> = {};
    const aggregator: Aggregator = {
      needs: { student: 'gradients' },
      aggregate({ signals, student, gradientOf }) {
        seen[signals.length] = signals.map((_, k) => [...gradientOf!(k).dataSync()]).concat([[...student!.dataSync()]]);
        return (mean.create({ of: 'probabilities' }, {}) as Aggregator).aggregate({ signals } as never, undefined);
      },
    };
    const { step, model } = stepFor('plain', { aggregator });
    const { gradients } = run(step, batchOf());
    expectClose(gradients, run(stepFor('plain').step, batchOf()).gradients);
    const { 'inputs/x': x, 'signals/one/logits': teacher } = batchOf().tensors;
    const student = model.apply(x!) as Tensor2D;
    expectClose(seen[2]![2]!, student.dataSync() as Float32Array);
    const expected = tf.mul(tf.sub(tf.softmax(tf.div(student, 4)), tf.softmax(tf.div(teacher!, 4))), 4);
    expectClose(seen[2]![0]!, expected.dataSync() as Float32Array);
  });
});
