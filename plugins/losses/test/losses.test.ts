import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { eagerRandom, perSampleOf, Random, targetOf, type Loss, type NamedTensors } from '@kd/core';
import { checkLoss } from '@kd/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { ctkd, dist, dkd } from '../src/index.ts';
import { casesOf, expectClose, expectGolden, tensorOf, valueAndGradient } from '../../../test/golden/golden-cases.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

interface Inputs { readonly labels?: readonly number[]; readonly state?: NamedTensors; readonly knobs?: NamedTensors }

function compute(loss: Loss, student: Tensor2D, teacher: Tensor2D, { labels, state = {}, knobs = {} }: Inputs = {}): Tensor1D {
  const known = tf.tensor1d(labels ? [...labels] : new Array<number>(student.shape[0]).fill(-1), 'int32');
  return perSampleOf(loss.compute(
    { student, target: targetOf(teacher), labels: known, features: { student: {}, teacher: {} } },
    { state, knobs, rows: tf.range(0, student.shape[0], 1, 'int32'), random: eagerRandom(new Random(1), 0) },
  ));
}

describe('ctkd', () => {
  test.each(casesOf('adaptive-temperature', /^ctkd_/))('$name', (golden) => {
    const { t_start: lowest, t_range: range, lambda } = golden.params;
    const loss = ctkd.create({ lowest, range, strength: 1, epochs: 10 }, {});
    const teacher = tensorOf(golden.inputs['teacher_logits']!);
    const theta = tf.scalar(golden.inputs['theta']!.data[0]!);
    const knobs = { reversal: tf.scalar(lambda) };
    const { value, grads: [student, temperature] } = tf.valueAndGrads((x: Tensor, own: Tensor) =>
      tf.mean(compute(loss, x as Tensor2D, teacher, { state: { theta: own }, knobs })))([tensorOf(golden.inputs['student_logits']!), theta]);
    expectGolden(golden, { value: value.dataSync()[0]!, gradient: student!.dataSync() });
    expectClose(temperature!.dataSync(), golden.expected['grads'].theta, golden.float32_guide?.grad_max_abs_err);
  });

  test.each(casesOf('adaptive-schedules', /^ctkd_cosine_decay_/))('$name', (golden) => {
    const loss = ctkd.create({ lowest: 1, range: 20, strength: -golden.params['min'], epochs: golden.params['loops'] }, {});
    const { data } = golden.expected['values'] as { data: number[] };
    expectClose(data.map((_, epoch) => loss.knobs!({ step: 0, steps: 1, epoch, epochs: data.length })['reversal']!), data);
  });

  test('starts from one temperature that learns', () => {
    expect(ctkd.create({ lowest: 1, range: 20, strength: 1, epochs: 10 }, {}).state!({ classes: 2, names: ['a', 'b'], samples: 1, studentFeatures: {}, teacherFeatures: {} }))
      .toEqual({ theta: { shape: [], trainable: true, initial: 1 } });
  });
});

describe('dist', () => {
  test.each(casesOf('logit-dist', /^dist_/))('$name', (golden) => {
    const { tau: temperature, beta: betweenClasses, gamma: withinClasses } = golden.params;
    const loss = dist.create({ temperature, betweenClasses, withinClasses }, {});
    const teacher = tensorOf(golden.inputs['teacher_logits']!);
    expectGolden(golden, valueAndGradient(tensorOf(golden.inputs['student_logits']!), (student: Tensor2D) => compute(loss, student, teacher)));
  });

  test('asks for the order of the classes, not for their heights', () => {
    const teacher = tf.log(tf.tensor2d([[0.1, 0.3, 0.6], [0.5, 0.3, 0.2]])) as Tensor2D;
    const flatter = tf.log(tf.tensor2d([[0.2, 0.3, 0.5 - 0.05], [0.4, 0.3, 0.25]])) as Tensor2D;
    const loss = dist.create({ temperature: 1, betweenClasses: 1, withinClasses: 0 }, {});
    expect(compute(loss, teacher, teacher).dataSync()[0]).toBeCloseTo(0, 5);
    expect(compute(loss, flatter, teacher).dataSync()[0]).toBeLessThan(0.05);
    expect(compute(loss, tf.neg(teacher), teacher).dataSync()[0]).toBeGreaterThan(1);
  });

  test('keeps the rules of a loss', async () => {
    await checkLoss(dist);
  });

  test('is not divided into parts of a batch', () => {
    expect(dist.create({ temperature: 1, betweenClasses: 1, withinClasses: 1 }, {}).joinsSamples).toBe(true);
  });
});

describe('dkd', () => {
  test.each(casesOf('logit-dkd', /^dkd_/))('$name', (golden) => {
    const { temperature, alpha: targetClass, beta: otherClasses } = golden.params;
    const loss = dkd.create({ temperature, targetClass, otherClasses }, {});
    const teacher = tensorOf(golden.inputs['teacher_logits']!);
    expectGolden(golden, valueAndGradient(tensorOf(golden.inputs['student_logits']!), (student: Tensor2D) =>
      compute(loss, student, teacher, { labels: golden.inputs['labels']!.data })));
  });

  test('plain distillation is its two parts, the second weighed by the doubt of the teacher', () => {
    const [student, teacher] = [tf.tensor2d([[1, 2, -1]]), tf.tensor2d([[0.5, 1, 2]])];
    const part = (targetClass: number, otherClasses: number): number => compute(dkd.create({ temperature: 2, targetClass, otherClasses }, {}), student, teacher, { labels: [2] }).dataSync()[0]!;
    const p = tf.softmax(tf.div(teacher, 2)) as Tensor2D;
    const kl = tf.mul(tf.sum(tf.mul(p, tf.sub(tf.log(p), tf.logSoftmax(tf.div(student, 2)))), -1), 4).dataSync()[0]!;
    expect(part(1, 0) + (1 - p.dataSync()[2]!) * part(0, 1)).toBeCloseTo(kl, 4);
  });

  test('stays finite where the label is unknown, or a class is out of the question', () => {
    const loss = dkd.create({ temperature: 1, targetClass: 1, otherClasses: 8 }, {});
    const student = tf.tensor2d([[1, 2, 3], [50, -50, 0], [0, 0, 200]]);
    const teacher = tf.tensor2d([[3, 2, 1], [-50, 50, 0], [0, 200, 0]]);
    const run = (x: Tensor): Scalar => tf.sum(compute(loss, x as Tensor2D, teacher, { labels: [-1, 0, 1] }));
    const { value, grad } = tf.valueAndGrad(run)(student);
    expect([...value.dataSync(), ...grad.dataSync()].every(Number.isFinite)).toBe(true);
  });

  test('says that it needs labels', () => {
    expect(dkd.create({ temperature: 4, targetClass: 1, otherClasses: 8 }, {}).needs).toEqual({ labels: true });
  });
});
