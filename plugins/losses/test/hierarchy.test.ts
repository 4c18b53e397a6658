import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { crossEntropy, eagerRandom, perSampleOf, Random, resolveLabelSpaces, targetOf, viewOf, type Loss, type LossContext, type LossInput, type View } from '@kd/core';
import { checkLoss } from '@kd/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { casesOf, expectClose, expectGolden, tensorOf, valueAndGradient, type GoldenCase } from '../../../test/golden/golden-cases.ts';
import { consistency, constrainByMax, descendantsOf, hierarchicalCrossEntropy, maxConstraint } from '../src/index.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `f${i}`);

function viewOfMapping({ inputs }: GoldenCase): View {
  const { shape: [fine, coarse], data } = inputs['mapping']!;
  const groups = Object.fromEntries(Array.from({ length: coarse! }, (_, g) => [`g${g}`, names(fine!).filter((_name, f) => data[f * coarse! + g] === 1)]));
  const spaces = resolveLabelSpaces({ fine: names(fine!), coarse: { of: 'fine', groups } });
  return viewOf(spaces.get('fine')!, spaces.get('coarse')!)!;
}

function compute(loss: Loss, student: Tensor2D, more: Partial<LossInput> = {}, state: LossContext['state'] = {}): Tensor1D {
  const labels: Tensor1D = tf.fill([student.shape[0]], -1, 'int32');
  return perSampleOf(loss.compute(
    { student, target: targetOf(student), labels, features: { student: {}, teacher: {} }, ...more },
    { state, knobs: {}, rows: tf.range(0, student.shape[0], 1, 'int32'), random: eagerRandom(new Random(1), 0) },
  ));
}

const int = (values: readonly number[]): Tensor1D => tf.tensor1d([...values], 'int32');

describe('hierarchical-cross-entropy', () => {
  const three = resolveLabelSpaces({
    fine: names(6),
    middle: { of: 'fine', groups: { a: ['f0', 'f1'], b: ['f2', 'f3'], c: ['f4', 'f5'] } },
    top: { of: 'middle', groups: { left: ['a', 'b'], right: ['c'] } },
  });
  const views = { middle: viewOf(three.get('fine')!, three.get('middle')!)!, top: viewOf(three.get('fine')!, three.get('top')!)! };

  test.each(casesOf('granularity', /^hxe_/))('$name', (golden) => {
    const loss = hierarchicalCrossEntropy.create({ levels: ['coarse'], decay: golden.params['alpha'] }, {});
    const more = { labels: int(golden.inputs['labels']!.data), views: { coarse: viewOfMapping(golden) } };
    expectGolden(golden, valueAndGradient(tensorOf(golden.inputs['student_logits']!), (student: Tensor2D) => compute(loss, student, more)));
  });

  test('keeps to the contract of losses', async () => {
    await checkLoss(hierarchicalCrossEntropy, { options: { levels: ['pair'] } });
    await checkLoss(hierarchicalCrossEntropy, { options: { levels: ['pair'], decay: 2 } });
  });

  test('without decay it is cross-entropy, with much it is that of the coarsest level', () => {
    const student = tf.tensor2d([[1, -2, 0.5, 3, 0, 1], [0, 50, -50, 1, 2, 3]]);
    const labels = int([2, 5]);
    const plain = crossEntropy.create({ labelSmoothing: 0 }, {});
    const at = (decay: number): Tensor1D => compute(hierarchicalCrossEntropy.create({ levels: ['top', 'middle'], decay }, {}), student, { labels, views });
    expectClose(at(0).dataSync(), compute(plain, student, { labels }).dataSync());
    expectClose(at(30).dataSync(), compute(plain, views.top.apply(student), { labels: views.top.labels(labels) }).dataSync());
  });

  test('of three levels is the sum of weighed conditionals', () => {
    const logits = [1, -2, 0.5, 3, 0, 1];
    const p = logits.map((x) => Math.exp(x) / logits.reduce((sum, y) => sum + Math.exp(y), 0));
    const [left, b] = [p[0]! + p[1]! + p[2]! + p[3]!, p[2]! + p[3]!];
    const expected = -Math.log(left) - Math.exp(-0.5) * Math.log(b / left) - Math.exp(-1) * Math.log(p[3]! / b);
    const loss = hierarchicalCrossEntropy.create({ levels: ['top', 'middle'], decay: 0.5 }, {});
    expectClose(compute(loss, tf.tensor2d([logits]), { labels: int([3]), views }).dataSync(), [expected]);
  });
});

describe('consistency', () => {
  const cases = [...casesOf('granularity', /^consistency_coarse_to_fine_kl_/).map((golden) => ['kl', golden.name, golden] as const), ...casesOf('granularity', /^consistency_jsd_/).map((golden) => ['js', golden.name, golden] as const)];
  test.each(cases)('%s: %s', (measure, _, golden) => {
    const loss = consistency.create({ coarse: 'coarse', output: 'head', measure }, {});
    const views = { coarse: viewOfMapping(golden) };
    // A head that is constant for the loss would else have no gradient at all, in place of 0.
    const run = (fine: Tensor, head: Tensor): Scalar => tf.add(tf.mean(compute(loss, fine as Tensor2D, { views, features: { student: { head }, teacher: {} } })), tf.mul(tf.sum(head), 0));
    const { value, grads: [fine, head] } = tf.valueAndGrads(run)([tensorOf(golden.inputs['student_fine_logits']!), tensorOf(golden.inputs['student_coarse_logits']!)]);
    expectGolden(golden, { value: value.dataSync()[0]!, gradient: fine!.dataSync() });
    expectClose(head!.dataSync(), golden.expected['grads'].student_coarse_logits, golden.float32_guide?.grad_max_abs_err);
  });

  test('keeps to the contract of losses', async () => {
    const features = { student: { head: [2] } };
    await checkLoss(consistency, { options: { coarse: 'pair', output: 'head' }, features, gradient: 'detached' });
    await checkLoss(consistency, { options: { coarse: 'pair', output: 'head', measure: 'js' }, features });
  });

  test.each(['kl', 'js'] as const)('%s is 0 for heads that agree, and finite for ones that are sure of opposites', (measure) => {
    const spaces = resolveLabelSpaces({ fine: names(3), coarse: { of: 'fine', groups: { a: ['f0', 'f1'], b: ['f2'] } } });
    const views = { coarse: viewOf(spaces.get('fine')!, spaces.get('coarse')!)! };
    const loss = consistency.create({ coarse: 'coarse', output: 'head', measure }, {});
    const student = tf.tensor2d([[50, -50, 1], [-50, -50, 50]]);
    const agreeing = views.coarse.apply(student);
    const values = (head: Tensor2D): ArrayLike<number> => compute(loss, student, { views, features: { student: { head }, teacher: {} } }).dataSync();
    expectClose(values(tf.add(agreeing, 3)), [0, 0]);
    const opposed = Array.from(values(tf.neg(agreeing)));
    expect(opposed.every((value) => Number.isFinite(value) && value > 0.6)).toBe(true);
    if (measure === 'js') expectClose(opposed, [Math.LN2, Math.LN2]);
  });
});

describe('max-constraint', () => {
  const below = { animal: ['cat', 'dog'], dog: ['puppy'] };
  const classes = ['animal', 'cat', 'dog', 'puppy', 'car'];
  const facts = { classes: 5, names: classes, samples: 1, studentFeatures: {}, teacherFeatures: {} };

  test.each(casesOf('granularity', /^max_constraint$/))('$name', (golden) => {
    const constrained = constrainByMax(tensorOf(golden.inputs['probabilities']!), tensorOf(golden.inputs['descendants']!));
    expectClose(constrained.dataSync(), golden.expected['constrained'].data);
  });

  test('knows who is below whom at any depth, in any order, in circles too', () => {
    expect(descendantsOf(below, classes)).toEqual([[1, 1, 1, 1, 0], [0, 1, 0, 0, 0], [0, 0, 1, 1, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1]]);
    expect(descendantsOf({ a: ['b'], b: ['a'] }, ['a', 'b'])).toEqual([[1, 1], [1, 1]]);
    expect(() => descendantsOf({ animal: ['catt'] }, classes)).toThrow(expect.objectContaining({ code: 'KD_STRATEGY_OPTIONS', message: expect.stringMatching(/did you mean 'cat'/) }));
  });

  test('is the binary cross-entropy of the constrained answers, the labelled ones alone where a label says yes', () => {
    const loss = maxConstraint.create({ below }, {});
    const { descendants } = loss.state!(facts);
    const state = { descendants: tf.tensor2d([...(descendants!.initial as { values: number[] }).values], [5, 5]) };
    const logits = [[0.5, 2, -1, -3, 1], [-2, 1, 0.3, 0.7, -1], [-50, 50, 50, -50, 50]];
    const labels = [[1, 0, 1, 0, 0], [0, 0, 0, 0, 1], [1, 1, 0, 0, 0]];
    const closure = descendantsOf(below, classes);
    const expected = logits.map((row, i) => row.reduce((sum, _, a) => {
      const among = row.filter((_z, d) => closure[a]![d] === 1 && (labels[i]![a] === 0 || labels[i]![d] === 1));
      const m = Math.max(...among);
      return sum + Math.log1p(Math.exp(labels[i]![a] === 1 ? -m : m)) / 5;
    }, 0));
    for (const yes of [1, 0.5]) expectClose(compute(loss, tf.tensor2d(logits), { labels: tf.mul(tf.tensor2d(labels), yes) }, state).dataSync(), expected);
  });

  test('keeps to the contract of losses', async () => {
    await checkLoss(maxConstraint, { options: { below: { a: ['b', 'c'], c: ['d'] } }, labels: 'values' });
  });
});
