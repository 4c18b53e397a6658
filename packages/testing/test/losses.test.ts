import { builtIn, defineLoss, logSoftmax, type Loss, type LossInput, type StrategyKinds } from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkLoss, type CheckLossOptions, type StrategyOf } from '../src/index.ts';

beforeAll(() => tf.setBackend('cpu'));

const builtIns = builtIn.strategies!.filter(({ kind }) => kind === 'loss') as unknown as StrategyOf<'loss'>[];
const variants: Record<string, CheckLossOptions[]> = {
  'cross-entropy': [{}, { options: { labelSmoothing: 0.1 } }],
  'kl-divergence': [{}, { options: { temperature: 1 } }],
  'mean-squared-error': [{}, { options: { against: 'labels' }, labels: 'values' }],
};

const cross = ({ student, labels }: LossInput): Tensor1D => tf.neg(tf.sum(tf.mul(tf.logSoftmax(student), tf.oneHot(tf.cast(labels, 'int32') as Tensor1D, 5)), -1)) as Tensor1D;
const squares = ({ student, target }: LossInput): Tensor1D => tf.sum(tf.squaredDifference(student, target.logits()), -1);
const slopeOf = ({ student, target }: LossInput): Tensor2D => tf.mul(tf.sub(student, target.logits()), 2);
const soft = (compute: Loss['compute'], more: Partial<Loss> = {}): Loss => ({ role: 'soft', compute, ...more });
const adapter = { state: () => ({ scale: { shape: [5], trainable: true, initial: 1 } }) } as const;

describe('checkLoss', () => {
  test.each(builtIns.flatMap((strategy) => (variants[strategy.name] ?? [{}]).map((options) => [strategy.name, JSON.stringify(options), strategy, options] as const)))('%s passes with %s', async (_, __, strategy, options) => {
    await checkLoss(strategy, options);
  });

  test('losses with features, state, knobs and randomness pass when they keep to the rules', async () => {
    await checkLoss(soft(({ features }, { state }) => tf.mean(tf.squaredDifference(tf.matMul(features.student['hidden'] as Tensor2D, state['adapter'] as Tensor2D), features.teacher['big']!), -1) as Tensor1D, {
      needs: { logits: false, features: { student: ['hidden'], teacher: { id: 'low', layers: ['big'] } } },
      state: ({ studentFeatures, teacherFeatures }) => ({ adapter: { shape: [studentFeatures['hidden']![0]!, teacherFeatures['big']![0]!], trainable: true, initial: 'glorot' } }),
    }), { features: { student: { hidden: [4] }, teacher: { big: [3] } } });
    await checkLoss(soft((input, { random, knobs }) => tf.mul(squares(input), tf.mul(knobs['share']!, random.uniform([input.student.shape[0]], 'share'))) as Tensor1D, { knobs: ({ step, steps }) => ({ share: 1 - step / steps }) }));
    await checkLoss(soft((input) => tf.sub(squares(input), tf.mean(squares(input))), { joinsSamples: true }));
  });

  let calls = 0;
  const wrong: readonly (readonly [rule: RegExp, loss: Loss])[] = [
    [/one value per sample, shape \[4\], but it returned shape \[\]/, soft((input) => tf.mean(squares(input)) as unknown as Tensor1D)],
    [/one value per sample.*it returned shape \[4, 5\]/, soft(({ student }) => tf.square(student) as unknown as Tensor1D)],
    [/one value per sample.*a promise/, soft((async (input: LossInput) => squares(input)) as never)],
    [/can be computed, but it threw no such thing/, soft(() => { throw new Error('no such thing'); })],
    [/values of a loss have a gradient, but it threw .*TopK/, soft(({ student }) => tf.sum(tf.topk(student, 1).values, -1) as Tensor1D)],
    [/the same inputs give the same values/, soft((input) => tf.mul(squares(input), 1 + calls++) as Tensor1D)],
    [/disposed 'student'/, soft((input) => { const values = squares(input); input.student.dispose(); return values; })],
    [/values are finite for logits of ±50/, soft(({ student, target }) => tf.neg(tf.sum(tf.mul(target.probabilities(), tf.log(tf.div(tf.exp(tf.mul(student, 2)), tf.sum(tf.exp(tf.mul(student, 2)), -1, true)))), -1)) as Tensor1D)],
    [/finite for teachers that are certain/, soft(({ student, target }) => tf.sum(tf.mul(target.probabilities(), tf.sub(tf.log(target.probabilities()), logSoftmax(student))), -1) as Tensor1D)],
    [/gradients are finite for a student that equals its teacher/, soft(({ student, target }) => tf.norm(tf.sub(student, target.logits()), 2, -1) as Tensor1D)],
    [/gradients? .*features that are all zero/, soft(({ features }) => tf.sqrt(tf.sum(tf.square(features.student['a']!), -1)) as Tensor1D, { needs: { logits: false, features: { student: ['a'] } } })],
    [/gradient of 'student' is that of the values/, soft((input) => doubledGradient(squares(input)))],
    [/gradient of 'state\/scale' is that of the values/, soft(({ student, target }, { state }) => tf.sum(tf.squaredDifference(tf.mul(student, doubledGradient(state['scale']!)), target.logits()), -1) as Tensor1D, adapter)],
    [/permuting the samples permutes the values/, soft((input) => tf.mul(squares(input), tf.range(1, input.student.shape[0] + 1)) as Tensor1D)],
    [/does not depend on the other samples/, soft((input) => tf.sub(squares(input), tf.mean(squares(input))))],
    [/reads `labels` without/, soft((input) => tf.add(squares(input), tf.cast(input.labels, 'float32')) as Tensor1D)],
    [/reads the teachers’ target in a loss against labels/, { role: 'hard', compute: squares }],
    [/reads the teachers’ target and has `needs.logits: false`/, soft(squares, { needs: { logits: false } })],
    [/reads the student’s feature 'conv'/, soft(({ features }) => tf.sum(features.student['conv']!, -1) as Tensor1D)],
    [/reads the teacher’s feature 'conv'/, soft(({ features }) => tf.sum(features.teacher['conv']!, -1) as Tensor1D)],
    [/can be computed, but it threw .*'b' passed to 'mul'/, soft((input, { state }) => tf.mul(squares(input), state['memory']!) as Tensor1D)],
    [/can be computed, but it threw .*'b' passed to 'mul'/, soft((input, { knobs }) => tf.mul(squares(input), knobs['share']!) as Tensor1D)],
    [/updates are for declared state.*'mean'/, soft((input) => ({ perSample: squares(input), updates: { mean: tf.scalar(1) } }))],
    [/updates are for declared state.*'scale'/, soft((input, { state }) => ({ perSample: squares(input), updates: { scale: state['scale']! } }), adapter)],
    [/keeps the shape of its state \[5\].*\[2\]/, soft((input) => ({ perSample: squares(input), updates: { mean: tf.zeros([2]) } }), { state: () => ({ mean: { shape: [5], trainable: false, initial: 'zeros' } }) })],
    [/finite where some samples have no label/, { role: 'hard', compute: (input) => tf.add(cross(input), tf.log(tf.add(tf.cast(input.labels, 'float32'), tf.add(1, tf.mul(0, tf.sum(input.student, -1)))))) as Tensor1D }],
    [/finite where some samples have no label/, soft((input) => tf.add(squares(input), tf.log(tf.add(tf.cast(input.labels, 'float32'), tf.add(1, tf.mul(0, tf.sum(input.student, -1)))))) as Tensor1D, { needs: { labels: true } })],
    [/`valueAndSlope` gives the values of `compute`/, soft(squares, { valueAndSlope: (input) => ({ perSample: tf.mul(squares(input), 2), slope: slopeOf(input) }) })],
    [/`valueAndSlope` gives the gradient of `compute`/, soft(squares, { valueAndSlope: (input) => ({ perSample: squares(input), slope: tf.neg(slopeOf(input)) }) })],
    [/`valueAndSlope` learns by the student’s logits alone.*scale/, soft(squares, { ...adapter, valueAndSlope: (input) => ({ perSample: squares(input), slope: slopeOf(input) }) })],
    [/1 more are left/, soft((input) => tf.keep(squares(input)))],
    [/role is 'hard' or 'soft'/, { role: 'both', compute: squares } as never],
  ];

  test.each(wrong)('finds what breaks %s', async (rule, loss) => {
    await expect(checkLoss(loss)).rejects.toThrowError(expect.objectContaining({ code: 'KD_CONFORMANCE', message: expect.stringMatching(rule) }));
  });

  test('constants on purpose are no fault when the author says so', async () => {
    const half = soft((input) => tf.add(squares(input), withoutGradient(squares(input))));
    await expect(checkLoss(half)).rejects.toThrow(/gradient: 'detached'/);
    await checkLoss(half, { gradient: 'detached' });
  });

  test('names the strategy, and leaves no tensor behind', async () => {
    const strategy: StrategyOf<'loss'> = defineLoss({ name: 'mine', summary: '', create: (): StrategyKinds['loss'] => soft((input) => tf.mean(squares(input)) as unknown as Tensor1D) });
    await expect(checkLoss(strategy)).rejects.toThrow(/^loss 'mine' breaks its contract/);
    await checkLoss(builtIns[0]!);
    const before = tf.memory().numTensors;
    await checkLoss(builtIns[0]!);
    await checkLoss(builtIns[1]!);
    expect(tf.memory().numTensors).toBe(before);
  });
});

function doubledGradient<T extends Tensor>(tensor: T): T {
  return tf.customGrad((x) => ({ value: tf.clone(x as Tensor), gradFunc: (dy: Tensor) => tf.mul(dy, 2) }))(tensor) as T;
}

function withoutGradient<T extends Tensor>(tensor: T): T {
  return tf.customGrad((x) => ({ value: tf.clone(x as Tensor), gradFunc: (dy: Tensor) => tf.zerosLike(dy) }))(tensor) as T;
}
