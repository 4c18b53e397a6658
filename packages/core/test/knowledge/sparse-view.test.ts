import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { klDivergence } from '../../src/built-in/losses/kl-divergence.ts';
import { densify, type SparseSignal } from '../../src/knowledge/signal.ts';
import { sparseLabels, sparseLogits, sparseView } from '../../src/knowledge/sparse-view.ts';
import { targetOf, type Target } from '../../src/knowledge/target.ts';
import { perSampleOf, type LossContext } from '../../src/objective/loss.ts';
import { eagerRandom, Random } from '../../src/tensor/random.ts';
import { casesOf, expectClose, expectGolden, tensorOf, valueAndGradient, type GoldenCase } from '../../../../test/golden/golden-cases.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const context: LossContext = { state: {}, knobs: {}, get rows() { return tf.tensor1d([], 'int32'); }, random: eagerRandom(new Random(1), 0) };

/** The k most likely classes of a dense teacher. */
function topK(logits: Tensor2D, k: number): SparseSignal {
  const rows = (tf.logSoftmax(logits).arraySync() as number[][]).map((row) => {
    const order = row.map((_, c) => c).sort((a, b) => row[b]! - row[a]!);
    return { indices: order.slice(0, k), top: order.slice(0, k).map((c) => row[c]!), tail: Math.log(order.slice(k).reduce((sum, c) => sum + Math.exp(row[c]!), 0)) };
  });
  return {
    kind: 'sparse',
    indices: tf.tensor2d(rows.map(({ indices }) => indices), undefined, 'int32'),
    logProbabilities: tf.tensor2d(rows.map(({ top }) => top)),
    tail: tf.tensor1d(rows.map(({ tail }) => tail)),
  };
}

function distill(student: Tensor2D, temperature: number, target: Target, see: (student: Tensor2D) => Tensor2D): ReturnType<typeof valueAndGradient> {
  const loss = klDivergence.create({ temperature }, {});
  return valueAndGradient(student, (x: Tensor2D) =>
    perSampleOf(loss.compute({ student: see(x), target, labels: tf.fill([x.shape[0]], -1, 'int32') as Tensor1D, features: { student: {}, teacher: {} } }, context)));
}

const sparse = (student: Tensor2D, temperature: number, signal: SparseSignal): ReturnType<typeof distill> =>
  distill(student, temperature, targetOf(sparseLogits(signal)), (x) => sparseView(x, signal));

describe('a top-k teacher', () => {
  test.each(casesOf('logit-kd', /^kd_(?!plus_ce|no_t2|deit)/))('with every class listed is the dense one: $name', (golden) => {
    const teacher = tensorOf(golden.inputs['teacher_logits']!);
    const received = sparse(tensorOf(golden.inputs['student_logits']!), golden.params['temperature'], topK(teacher, teacher.shape[1]));
    expectGolden(golden, received);
  });

  // A coarse teacher whose classes are all single but one is a teacher with the same classes listed in every sample.
  const single = casesOf('granularity', /^coarse_teacher_(?!temper_first|soft_mapping)/).filter(({ inputs }) => groupSizes(inputs).filter((size) => size > 1).length <= 1);
  test.each(single)('is a coarse teacher with one class for the rest: $name', (golden) => {
    const sizes = groupSizes(golden.inputs);
    const rest = sizes.findIndex((size) => size > 1);
    const listed = sizes.map((_, g) => g).filter((g) => g !== rest);
    const { data, shape: [fine, coarse] } = golden.inputs['mapping']!;
    const classOf = listed.map((g) => Array.from({ length: fine! }, (_, f) => f).find((f) => data[f * coarse! + g] === 1)!);
    const teacher = tf.logSoftmax(tensorOf(golden.inputs['teacher_coarse_logits']!)) as Tensor2D;
    const batch = teacher.shape[0];
    const signal: SparseSignal = {
      kind: 'sparse',
      indices: tf.tensor2d(Array.from({ length: batch }, () => classOf), undefined, 'int32'),
      logProbabilities: tf.gather(teacher, listed, 1) as Tensor2D,
      tail: rest < 0 ? tf.fill([batch], -Infinity) : (tf.squeeze(tf.gather(teacher, [rest], 1), [1]) as Tensor1D),
    };
    expectGolden(golden, sparse(tensorOf(golden.inputs['student_logits']!), golden.params['temperature'], signal));
  });

  function groupSizes(inputs: GoldenCase['inputs']): number[] {
    const { data, shape: [, coarse] } = inputs['mapping']!;
    return Array.from({ length: coarse! }, (_, g) => data.reduce((sum, one, i) => sum + (i % coarse! === g ? one : 0), 0));
  }

  test('keeps classes summing to 1 and stays finite for one-hot teachers', () => {
    const student = tf.tensor2d([[50, -50, 0, 1], [-50, 50, 50, 0]]);
    const signal = topK(tf.tensor2d([[200, 0, 0, 0], [0, 0, 0, 200]]), 2);
    expectClose(tf.sum(tf.exp(sparseView(student, signal)), -1).dataSync(), [1, 1]);
    const { value, gradient } = sparse(student, 4, signal);
    expect([value, ...gradient].every(Number.isFinite)).toBe(true);
  });

  test('labels become places in the list, or the rest', () => {
    const signal = topK(tf.tensor2d([[3, 2, 1, 0], [0, 1, 2, 3], [0, 1, 2, 3]]), 2);
    expectClose(sparseLabels(tf.tensor1d([1, 0, -1], 'int32'), signal).dataSync(), [1, 2, -1]);
  });

  test('spread over every class, the tail is shared by those not listed', () => {
    const dense = tf.exp(densify(topK(tf.log(tf.tensor2d([[0.5, 0.3, 0.15, 0.05]])) as Tensor2D, 2), 4));
    expectClose(dense.dataSync(), [0.5, 0.3, 0.1, 0.1]);
  });
});
