import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { resolveLabelSpaces, stopGradient, targetOf, viewOf, type LabelSpace, type LabelSpaceConfig, type TeacherSignal, type View } from '@kd/core';
import { checkAggregator } from '@kd/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { casesOf, expectClose, expectGolden, tensorOf, valueAndGradient, type GoldenCase } from '../../../test/golden/golden-cases.ts';
import { lift, type LiftOptions } from '../src/index.ts';
import { kl } from './teachers.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `c${i}`);

function viewFrom(classes: number, declared: LabelSpaceConfig): View {
  const spaces = resolveLabelSpaces({ all: names(classes), some: declared });
  return viewOf(spaces.get('all')!, spaces.get('some')!)!;
}

function viewOfMapping({ inputs }: GoldenCase): View {
  const { shape: [fine, coarse], data } = inputs['mapping']!;
  return viewFrom(fine!, { of: 'all', groups: Object.fromEntries(Array.from({ length: coarse! }, (_, g) => [`g${g}`, names(fine!).filter((_name, f) => data[f * coarse! + g] === 1)])) });
}

const signal = (logits: Tensor2D, view?: View): TeacherSignal => ({ teacher: 'teacher', signal: { kind: 'dense', logits }, logits, view });
const frequencies = (values: readonly number[]): Record<string, number> => Object.fromEntries(values.map((value, i) => [`c${i}`, value]));
const nobody = (batch: number) => tf.fill<tf.Rank.R1>([batch], -1, 'int32');

function targetFor(within: LiftOptions['within'], signals: readonly TeacherSignal[], student: Tensor2D): ReturnType<typeof targetOf> {
  return lift.create({ within }, {}).aggregate({ signals, classes: student.shape[1], labels: nobody(student.shape[0]), student: stopGradient(student) }, undefined).target;
}

describe('lifting a coarse teacher', () => {
  test.each(casesOf('granularity', /^lift_with_prior_/))('$name', (golden) => {
    const teacher = signal(tensorOf(golden.inputs['teacher_coarse_logits']!), viewOfMapping(golden));
    const within = frequencies(golden.inputs['fine_prior']!.data);
    const student = tensorOf(golden.inputs['student_logits']!);
    const target = targetFor(within, [teacher], student);
    expectClose(target.probabilities().dataSync(), golden.expected['target'].data);
    expectGolden(golden, valueAndGradient(student, (x: Tensor2D) => kl(x, target, 1)));
    // The loss is the coarse one plus a pull within the groups.
    const coarse = tf.mean(kl(teacher.view!.apply(student), targetOf(teacher.logits), 1)).dataSync()[0]!;
    expectClose([coarse, golden.expected['loss'] - coarse], [golden.expected['coarse_part'], golden.expected['within_group_part']]);
  });

  test.each(casesOf('granularity', /^lift_with_student_conditional_/))('$name', (golden) => {
    const teacher = signal(tensorOf(golden.inputs['teacher_coarse_logits']!), viewOfMapping(golden));
    expect(lift.create({ within: 'student' }, {}).needs).toEqual({ student: 'logits' });
    expectGolden(golden, valueAndGradient(tensorOf(golden.inputs['student_logits']!), (x: Tensor2D) => kl(x, targetFor('student', [teacher], x), 1)));
  });

  test('teachers of all classes may give the splits, and then nothing else', () => {
    const view = viewFrom(4, { of: 'all', groups: { left: ['c0', 'c1'], right: ['c2', 'c3'] } });
    const fine = signal(tf.log(tf.tensor2d([[0.06, 0.02, 0.23, 0.69]])));
    const coarse = signal(tf.log(tf.tensor2d([[0.8, 0.2]])), view);
    expectClose(targetFor('teachers', [fine, coarse], tf.zeros([1, 4])).probabilities().dataSync(), [0.6, 0.2, 0.05, 0.15]);
    const { weights } = lift.create({ within: 'teachers' }, {}).aggregate({ signals: [fine, coarse], classes: 4, labels: nobody(1) }, undefined);
    expect(weights).toEqual([0, 1]);
  });

  test('otherwise teachers of all classes and lifted ones count alike', () => {
    const view = viewFrom(3, { of: 'all', groups: { left: ['c0', 'c1'], right: ['c2'] } });
    const fine = signal(tf.log(tf.tensor2d([[0.2, 0.2, 0.6]])));
    const coarse = signal(tf.log(tf.tensor2d([[0.8, 0.2]])), view);
    expectClose(targetFor(frequencies([3, 1, 5]), [fine, coarse], tf.zeros([1, 3])).probabilities().dataSync(), [0.4, 0.2, 0.4]);
  });

  test('a class that never comes gets next to nothing, in finite numbers', () => {
    const view = viewFrom(3, { of: 'all', groups: { left: ['c0', 'c1'], right: ['c2'] } });
    const target = targetFor(frequencies([0, 1, 5]), [signal(tf.log(tf.tensor2d([[0.8, 0.2]])), view)], tf.zeros([1, 3]));
    expectClose(target.probabilities().dataSync(), [0, 0.8, 0.2]);
    expect([...target.logProbabilities().dataSync()].every(Number.isFinite)).toBe(true);
  });

  test('a teacher that knows some classes leaves the others as the student has them', () => {
    const view = viewFrom(3, { of: 'all', only: ['c0', 'c1'] });
    const student = tf.log(tf.tensor2d([[0.1, 0.4, 0.5]])) as Tensor2D;
    expectClose(targetFor('student', [signal(tf.log(tf.tensor2d([[0.8, 0.2]])), view)], student).probabilities().dataSync(), [0.4, 0.1, 0.5]);
  });

  test('stays finite for certain teachers and logits of ±50, and permuting classes permutes the target', () => {
    const student = tf.tensor2d([[50, -50, -50, 50], [0, 50, 0, -50]]);
    const answers = tf.tensor2d([[200, 0], [-50, 50]]);
    const order = [2, 0, 3, 1];
    const straight = viewFrom(4, { of: 'all', groups: { left: ['c0', 'c1'], right: ['c2', 'c3'] } });
    const mixed = viewFrom(4, { of: 'all', groups: { left: ['c1', 'c3'], right: ['c0', 'c2'] } });
    for (const temperature of [1, 20]) {
      const target = targetFor('student', [signal(answers, straight)], student);
      expect([...target.logProbabilities(temperature).dataSync()].every(Number.isFinite)).toBe(true);
      const permuted = targetFor('student', [signal(answers, mixed)], tf.gather(student, order, 1)).probabilities(temperature);
      expectClose(permuted.dataSync(), tf.gather(target.probabilities(temperature), order, 1).dataSync());
    }
  });

  test('keeps to the contract of aggregators', async () => {
    await checkAggregator(lift);
    await checkAggregator(lift, { options: { within: 'teachers' } });
  });

  test('what does not fit is said before anything runs', () => {
    const space: LabelSpace = { name: 'all', kind: 'classes', classes: ['cat', 'dog'] };
    const view = viewFrom(2, { of: 'all', groups: { both: ['c0', 'c1'] } });
    const check = (within: LiftOptions['within']) => (): void => lift.create({ within }, {}).check!({ space, teachers: [{ id: 'coarse', view }] });
    expect(check('student')).not.toThrow();
    expect(check({ cat: 2, dog: 1 })).not.toThrow();
    expect(check('teachers')).toThrow(/needs a teacher that speaks 'all'/);
    expect(check({ cat: 2, dgo: 1 })).toThrow(/'dgo' is not a class of 'all'; did you mean 'dog'\?; within: 'dog' of 'all' is missing/);
  });
});
