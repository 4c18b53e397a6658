import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { crossEntropy } from '../../src/built-in/losses/cross-entropy.ts';
import { klDivergence } from '../../src/built-in/losses/kl-divergence.ts';
import { targetOf } from '../../src/knowledge/target.ts';
import { perSampleOf, type LossContext } from '../../src/objective/loss.ts';
import { eagerRandom, Random } from '../../src/tensor/random.ts';
import { casesOf, expectClose, expectGolden, tensorOf, valueAndGradient } from '../../../../test/golden/golden-cases.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const context: LossContext = { state: {}, knobs: {}, get rows() { return tf.tensor1d([], 'int32'); }, random: eagerRandom(new Random(1), 0) };
const features = { student: {}, teacher: {} };
const noLabels = (student: Tensor2D): Tensor1D => tf.fill([student.shape[0]], -1, 'int32');

function kl(student: Tensor2D, teacher: Tensor2D, temperature: number): Tensor1D {
  return perSampleOf(klDivergence.create({ temperature }, {}).compute({ student, target: targetOf(teacher), labels: noLabels(student), features }, context));
}

function ce(student: Tensor2D, labels: Tensor1D, labelSmoothing = 0): Tensor1D {
  return perSampleOf(crossEntropy.create({ labelSmoothing }, {}).compute({ student, target: targetOf(student), labels, features }, context));
}

describe('kl-divergence', () => {
  test.each(casesOf('logit-kd', /^kd_(?!plus_ce|no_t2|deit)/))('$name', (golden) => {
    const teacher = tensorOf(golden.inputs['teacher_logits']!);
    expectGolden(golden, valueAndGradient(tensorOf(golden.inputs['student_logits']!), (student) => kl(student, teacher, golden.params['temperature'])));
  });

  test('compares with what a target was made into, not with what it was', () => {
    const student = tf.tensor2d([[1, 2, 3]]);
    const flat = tf.log(tf.fill([1, 3], 1 / 3)) as Tensor2D;
    const input = { student, labels: noLabels(student), features };
    const loss = klDivergence.create({ temperature: 4 }, {});
    const [changed, expected] = [{ ...targetOf(tf.tensor2d([[9, 0, 0]])), logProbabilities: () => flat }, targetOf(flat)].map((target) => perSampleOf(loss.compute({ ...input, target }, context)).dataSync()[0]);
    expect(changed).toBeCloseTo(expected!, 6);
  });

  test.each(casesOf('logit-kd', /^kd_plus_ce_/))('$name: its alpha weighs the teacher, ours the labels', (golden) => {
    const teacher = tensorOf(golden.inputs['teacher_logits']!);
    const labels = tf.tensor1d(golden.inputs['labels']!.data, 'int32');
    const alpha = 1 - golden.params['alpha'];
    expectGolden(golden, valueAndGradient(tensorOf(golden.inputs['student_logits']!), (student) =>
      tf.add(tf.mul(ce(student, labels), alpha), tf.mul(kl(student, teacher, golden.params['temperature']), 1 - alpha)) as Tensor1D));
  });

  test.each(casesOf('logit-kd', /^hard_label_/))('cross-entropy with the best class of the teacher: $name', (golden) => {
    const labels = tf.argMax(tensorOf(golden.inputs['teacher_logits']!), -1) as Tensor1D;
    expectGolden(golden, valueAndGradient(tensorOf(golden.inputs['student_logits']!), (student) => ce(student, labels)));
  });
});

const values = (columns: number): fc.Arbitrary<number[]> => fc.array(fc.integer({ min: -320, max: 320 }).map((n) => n / 64), { minLength: columns, maxLength: columns });
const pair = fc.tuple(fc.array(values(5), { minLength: 2, maxLength: 2 }), fc.array(values(5), { minLength: 2, maxLength: 2 }), fc.constantFrom(1, 4, 20));
const runs = { numRuns: 30 };

/** Float64, straight from the definition. */
function reference(student: readonly number[], teacher: readonly number[], temperature: number): number {
  const logSoftmax = (row: readonly number[]): number[] => {
    const tempered = row.map((x) => x / temperature);
    const highest = Math.max(...tempered);
    const norm = highest + Math.log(tempered.reduce((sum, x) => sum + Math.exp(x - highest), 0));
    return tempered.map((x) => x - norm);
  };
  const [q, p] = [logSoftmax(student), logSoftmax(teacher)];
  return temperature ** 2 * p.reduce((sum, logP, c) => sum + Math.exp(logP) * (logP - q[c]!), 0);
}

describe('properties', () => {
  test('the gradient is that of the definition', () => {
    fc.assert(fc.property(pair, ([student, teacher, temperature]) => {
      const gradient = tf.grad((x: Tensor) => tf.sum(kl(x as Tensor2D, tf.tensor2d(teacher), temperature)))(tf.tensor2d(student));
      const h = 1e-5;
      expectClose(gradient.dataSync(), student.flatMap((row, b) => row.map((_, c) => {
        const moved = (by: number): number => reference(row.map((x, i) => (i === c ? x + by : x)), teacher[b]!, temperature);
        return (moved(h) - moved(-h)) / (2 * h);
      })));
    }), runs);
  });

  test('neither the order of the classes nor a shift of all logits matters', () => {
    fc.assert(fc.property(pair, fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), ([student, teacher, temperature], order) => {
      const mixed = (rows: number[][], shift: number): Tensor2D => tf.tensor2d(rows.map((row) => order.map((c) => row[c]! + shift)));
      expectClose(kl(mixed(student, 8), mixed(teacher, -3), temperature).dataSync(), [...kl(tf.tensor2d(student), tf.tensor2d(teacher), temperature).dataSync()]);
    }), runs);
  });

  test('label smoothing is the mixture of the label and all classes, and no label gives 0', () => {
    const student = tf.tensor2d([[1, 2, 3], [0, -1, 2], [5, 5, 5]]);
    const logProbabilities = tf.logSoftmax(student).arraySync() as number[][];
    const smooth = (row: number, label: number): number => -0.9 * logProbabilities[row]![label]! - (0.1 / 3) * logProbabilities[row]!.reduce((sum, x) => sum + x, 0);
    expectClose(ce(student, tf.tensor1d([2, 0, 1], 'int32'), 0.1).dataSync(), [smooth(0, 2), smooth(1, 0), smooth(2, 1)]);
    expect(ce(student, tf.tensor1d([-1, 0, -1], 'int32')).dataSync()[0]).toBeCloseTo(0);
  });
});
