import '@tensorflow/tfjs-backend-cpu';
import { setBackend, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { checkAggregator, checkAlphaScheduler, checkLoss, checkMemoryPolicy } from '@kd/testing';
import { beforeAll, expect, test } from 'vitest';
import { inParts } from '../plugin/in-parts.ts';
import { jensenShannon } from '../plugin/jensen-shannon.ts';
import { relay } from '../plugin/relay.ts';
import { surest } from '../plugin/surest.ts';
import { targetOf, type LossContext } from '@kd/core';

beforeAll(() => setBackend('cpu'));

// What every strategy of its kind has to keep to.
test('jensen-shannon keeps the contract of losses', () => checkLoss(jensenShannon, { options: { temperature: 3 } }));
test('surest keeps the contract of aggregators', () => checkAggregator(surest));
test('relay keeps the contract of α schedulers', () => checkAlphaScheduler(relay, { options: { patience: 2 } }));
test('in-parts keeps the contract of memory policies', () => checkMemoryPolicy(inParts, { options: { parts: 3 } }));

// What only this one has to: known values.
test('jensen-shannon of opposites is log 2, and 0 of the same', () => {
  const { compute } = jensenShannon.create({ temperature: 1 }, {});
  const target = targetOf(tensor2d([[40, 0], [1, 3]]));
  const values = compute({ student: tensor2d([[0, 40], [1, 3]]), target, labels: tensor1d([-1, -1], 'int32'), features: { student: {}, teacher: {} } }, {} as LossContext);
  expect((values as ReturnType<typeof tensor1d>).arraySync()).toEqual([expect.closeTo(Math.log(2), 5), expect.closeTo(0, 5)]);
});

test('relay hands over once the teachers have nothing more to give', () => {
  const scheduler = relay.create({ from: 0.1, to: 0.3, by: 0.1, patience: 2 }, {});
  let state = scheduler.init({ steps: 9, epochs: 1, labelled: 10, granularities: [] });
  const alphas = [3, 2, 2, 2, 1, 1, 1, 1, 1].map((soft, step) => {
    state = scheduler.update!(state, { progress: { step, steps: 9, epoch: 0, epochs: 1 }, hard: 1, soft, trainAccuracy: 0.5 });
    return scheduler.value(state, { step, steps: 9, epoch: 0, epochs: 1 }).alpha;
  });
  expect(alphas).toEqual([0.1, 0.1, 0.1, 0.2, 0.2, 0.2, 0.3, 0.3, 0.3].map((alpha) => expect.closeTo(alpha, 9)));
});
