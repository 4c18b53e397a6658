import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, test } from 'vitest';
import { casesOf, expectClose } from './golden.ts';
import { resolve } from './resolve.ts';

beforeAll(() => tf.setBackend('cpu'));

/** Two sides and their log-variances → the loss, its gradients and α. */
function weigh(spec: Parameters<typeof resolve>[0], losses: readonly number[], logVariances: readonly number[]) {
  return tf.tidy(() => {
    const { learned } = resolve(spec);
    const total = (hard: tf.Tensor, soft: tf.Tensor, s: tf.Tensor): Scalar => learned!.weigh({ hard: hard as Scalar, soft: soft as Scalar }, { logVariances: s }).total;
    const inputs = [tf.scalar(losses[0]!), tf.scalar(losses[1]!), tf.tensor1d([...logVariances])];
    const { value, grads } = tf.valueAndGrads(total)(inputs);
    const { alpha } = learned!.weigh({ hard: inputs[0] as Scalar, soft: inputs[1] as Scalar }, { logVariances: inputs[2]! });
    return { loss: value.dataSync()[0]!, losses: [grads[0]!.dataSync()[0]!, grads[1]!.dataSync()[0]!], logVariances: [...grads[2]!.dataSync()], alpha: alpha.dataSync()[0]! };
  });
}

describe('uncertainty', () => {
  // The sides are two; cases with three losses are about the same formula with one more term.
  const cases = casesOf('adaptive-weights', 'uncertainty_weighting_').filter(({ inputs }) => inputs['losses']!.shape[0] === 2);

  test.each(cases)('$name', ({ name, inputs, expected }) => {
    const form = name.includes('classification') ? 'classification' : 'regression';
    const result = weigh(['uncertainty', { form }], inputs['losses']!.data, inputs['log_variances']!.data);
    expectClose([result.loss], [expected['loss']]);
    expectClose(result.losses, expected['grad_losses'].data);
    expectClose(result.logVariances, expected['grad_log_variances'].data);
    const [hard, soft] = expected['grad_losses'].data as [number, number];
    expectClose([result.alpha], [hard / (hard + soft)]);
  });

  test('there are cases of both forms', () => {
    expect(cases.length).toBeGreaterThanOrEqual(4);
  });

  test('bounds s without getting stuck behind the bound', () => {
    const beyond = weigh('uncertainty', [1, 1], [9, -9]);
    const bound = weigh('uncertainty', [1, 1], [4, -4]);
    expect(beyond.loss).toBeCloseTo(bound.loss, 4);
    // Descent subtracts the gradient: s = 9 may fall and s = -9 may rise, and both losses ask for that.
    expect(beyond.logVariances[0]).toBeGreaterThan(0);
    expect(beyond.logVariances[1]).toBeLessThan(0);
    // A loss of 0 pushes s down without end, a huge one pushes it up: neither passes the bound.
    expect(weigh('uncertainty', [1e4, 0], [9, -9]).logVariances).toEqual([0, 0]);
  });

  test('starts where it is told to, and refuses a start outside its limit', () => {
    expect(resolve(['uncertainty', { initial: -0.5 }]).learned!.initial).toEqual({ logVariances: [-0.5, -0.5] });
    expect(() => resolve(['uncertainty', { initial: 5 }])).toThrow(/initial: must lie within/);
  });
});
