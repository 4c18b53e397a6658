import { targetOf } from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, test } from 'vitest';
import { casesOf, expectClose } from './golden.ts';
import { resolve } from './resolve.ts';

beforeAll(() => tf.setBackend('cpu'));

function alphas(alpha: number, labels: readonly number[], ...teachers: Tensor2D[]): number[] {
  return tf.tidy(() => {
    const targets = Object.fromEntries(teachers.map((logits, k) => [`soft${k}`, targetOf(logits)]));
    const result = resolve(['teacher-correct', { alpha }]).perSample!({ labels: tf.tensor1d([...labels], 'int32') as Tensor1D, targets, alpha: tf.scalar(alpha) });
    return [...result.dataSync()];
  });
}

const facts = (full: boolean) => ({ steps: 10, epochs: 1, labelled: 10, granularities: [{ name: 'digit', classes: 3, full }] });

describe('teacher-correct', () => {
  test.each(casesOf('adaptive-alpha', 'teacher_correct_'))('$name', ({ inputs, params, expected }) => {
    const teacher = tf.tensor2d(inputs['teacher_logits']!.data, inputs['teacher_logits']!.shape as [number, number]);
    // The stored α weighs the teachers' side, ours the labels'.
    expectClose(alphas(1 - params['alpha0'], inputs['labels']!.data, teacher), (expected['alpha'].data as number[]).map((soft) => 1 - soft));
  });

  test('hears the teacher alone where there is no label, and the first of several', () => {
    const first = tf.tensor2d([[9, 0, 0], [9, 0, 0], [9, 0, 0]]);
    const second = tf.tensor2d([[0, 9, 0], [0, 9, 0], [0, 9, 0]]);
    expectClose(alphas(0.25, [0, 1, -1], first, second), [0.25, 1, 0]);
  });

  test('says before training that no teacher speaks all classes', () => {
    const scheduler = resolve('teacher-correct');
    expect(scheduler.init(facts(true))).toBeNull();
    expect(() => scheduler.init(facts(false))).toThrowError(expect.objectContaining({ code: 'KD_ALPHA_NEEDS' }));
    expect(() => alphas(0.3, [0])).toThrowError(expect.objectContaining({ code: 'KD_ALPHA_NEEDS' }));
  });
});
