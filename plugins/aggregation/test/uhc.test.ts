import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { resolveLabelSpaces, targetOf, viewOf, type LabelSpaceConfig, type TeacherSignal, type View } from '@kd/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { jointEstimate, uhc, type PartialAnswer } from '../src/index.ts';
import { casesOf, expectClose, expectGolden, tensorOf, valueAndGradient, type GoldenCase } from '../../../test/golden/golden-cases.ts';
import { kl } from './teachers.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `c${i}`);

function viewFrom(classes: number, declared: LabelSpaceConfig): View {
  const spaces = resolveLabelSpaces({ all: names(classes), some: declared });
  return viewOf(spaces.get('all')!, spaces.get('some')!)!;
}

function answersOf({ inputs }: GoldenCase, classes: number): (PartialAnswer & { view: View })[] {
  return Object.keys(inputs).filter((name) => name.startsWith('teacher_logits_')).map((name) => ({
    logits: tensorOf(inputs[name]!),
    view: viewFrom(classes, { of: 'all', only: inputs[name.replace('teacher_logits', 'subset')]!.data.map((c) => `c${c}`) }),
  }));
}

describe('one distribution from teachers that know different classes', () => {
  test.each(casesOf('granularity', /^uhc_estimate_/))('$name', (golden) => {
    const classes = golden.params['classes'] as number;
    const signals = answersOf(golden, classes).map(({ logits, view }, k): TeacherSignal => ({ teacher: `t${k}`, signal: { kind: 'dense', logits }, logits, view }));
    const aggregator = uhc.create({ iterations: 200 }, {});
    expect(aggregator.joinsViews).toBe(true);
    const { target } = aggregator.aggregate({ signals, classes, labels: tf.tensor1d([-1, -1], 'int32') }, undefined);
    expectClose(target.probabilities().dataSync(), golden.expected['q'].data);
    if (golden.expected['generating_distribution']) expectClose(target.probabilities().dataSync(), golden.expected['generating_distribution'].data);
  });

  test('teachers may also be coarse, with borders soft or not, or have a class for the rest, or know everything', () => {
    const q = tf.tensor2d([[0.1, 0.2, 0.3, 0.15, 0.25]]);
    const declared: LabelSpaceConfig[] = [
      { of: 'all', groups: { left: ['c0', 'c1'], right: ['c2', 'c3', 'c4'] } },
      { of: 'all', only: ['c0', 'c2'], other: true },
      { of: 'all', only: ['c1', 'c3', 'c4'] },
      { of: 'all', shares: { left: { c0: 1, c1: 0.7, c2: 0.2 }, right: { c1: 0.3, c2: 0.8, c3: 1, c4: 1 } } },
    ];
    const views = declared.map((space) => viewFrom(5, space));
    const log = tf.log(q) as Tensor2D;
    const parts = views.map((view) => ({ logits: view.apply(log), view }));
    expectClose(tf.exp(jointEstimate(parts, 5, 200)).dataSync(), q.dataSync() as Float32Array);
    const whole = { logits: log, view: undefined };
    expectClose(tf.exp(jointEstimate([whole], 5, 3)).dataSync(), q.dataSync() as Float32Array);
    expectClose(tf.exp(jointEstimate([whole, ...parts], 5, 200)).dataSync(), q.dataSync() as Float32Array);
  });

  test('stays finite for teachers without doubt, and gives nothing to classes that nobody knows', () => {
    const answers = [
      { logits: tf.tensor2d([[200, 0, 0]]), view: viewFrom(5, { of: 'all', only: ['c0', 'c1', 'c2'] }) },
      { logits: tf.tensor2d([[-50, 50]]), view: viewFrom(5, { of: 'all', only: ['c2', 'c3'] }) },
    ];
    const target = targetOf(jointEstimate(answers, 5, 50));
    for (const temperature of [1, 20]) {
      const values = [...target.logProbabilities(temperature).dataSync()];
      expect(values.every(Number.isFinite)).toBe(true);
      expect(target.probabilities(temperature).dataSync()[4]).toBeLessThan(1e-20);
    }
  });
});

// Without an estimate each teacher is a granularity of its own.
test.each(casesOf('granularity', /^uhc_joint_student_loss_/))('$name: the sum over the granularities', (golden) => {
  const answers = answersOf(golden, golden.inputs['student_logits']!.shape[1]!);
  expectGolden(golden, valueAndGradient(tensorOf(golden.inputs['student_logits']!), (student: Tensor2D) =>
    tf.addN(answers.map(({ logits, view }) => kl(view.apply(student), targetOf(logits), golden.params['temperature']))) as Tensor1D));
});
