import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { mean } from '../../src/built-in/aggregation/mean.ts';
import type { Aggregator } from '../../src/objective/aggregation.ts';
import { sgd } from '../../src/step/optimizers/sgd.ts';
import { adam } from '../../src/step/optimizers/adam.ts';
import { adamw } from '../../src/step/optimizers/adamw.ts';
import type { Optimizer } from '../../src/step/optimizers/optimizer.ts';
import { disposeAll } from '../../src/tensor/named-tensors.ts';
import { expectClose } from '../../../../test/golden/golden-cases.ts';
import { at, batchOf, knobsOf, stepFor, flat, constant } from './small-step.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('apply', () => {
  test('moves the weights against the gradient, clipped by its norm', () => {
    const { step } = stepFor('plain', {}, { clipNorm: 0.01 });
    const { state } = step.initial();
    const before = flat(state);
    const { gradients } = step.differentiate(state, batchOf(), knobsOf(), at(0));
    const slopes = flat(gradients);
    const next = step.apply(state, gradients, {}, knobsOf());
    const factor = 0.01 / (Math.hypot(...slopes) + 1e-6);
    expectClose(flat(next), before.map((weight, i) => weight - 0.1 * factor * slopes[i]!));
  });

  test.each([sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.1 }), adam({ weightDecay: 0.1 }), adamw()])('weights that $name updates together become what they become alone', (optimizer) => {
    const sizes: number[] = [];
    const counted: Optimizer = { ...optimizer, update: (input) => (sizes.push(input.weight.size), optimizer.update(input)) };
    const after = [counted, { ...optimizer, elementwise: false }].map((one) => {
      const { step } = stepFor('normalised', {}, { optimizer: one });
      let { state } = step.initial();
      const names = Object.keys(state);
      const shapes = Object.values(state).map(({ shape }) => [...shape]);
      for (let i = 0; i < 3; i++) {
        const knobs = knobsOf(Object.fromEntries(Object.entries(optimizer.knobs?.(i + 1) ?? {}).map(([name, value]) => [`optimizer/${name}`, value])));
        const { gradients, updates } = step.differentiate(state, batchOf(), knobs, at(i));
        state = step.apply(state, gradients, updates, knobs);
      }
      expect(Object.keys(state)).toEqual(names);
      expect(Object.values(state).map(({ shape }) => shape)).toEqual(shapes);
      return flat(state);
    });
    expect(after[0]).toEqual(after[1]);
    expect(sizes).toEqual([64, 64, 64]);
  });

  test('training lowers the loss', () => {
    const { step } = stepFor('normalised', {}, { optimizer: adam() });
    const batch = batchOf();
    let { state } = step.initial();
    const losses: number[] = [];
    for (let i = 0; i < 30; i++) {
      const knobs = knobsOf({ learningRate: 0.02, ...Object.fromEntries(Object.entries(adam().knobs!(i + 1)).map(([name, value]) => [`optimizer/${name}`, value])) });
      const { gradients, updates, stats } = step.differentiate(state, batch, knobs, at(i));
      losses.push(stats.dataSync()[0]!);
      state = step.apply(state, gradients, updates, knobs);
    }
    expect(losses.at(-1)!).toBeLessThan(0.7 * losses[0]!);
  });
});

describe('memory', () => {
  test.each([
    ['plain', {}],
    ['normalised', {}],
    ['dropping', {}],
    ['normalised', { alpha: { ...constant, needs: { gradients: true } } }],
    ['plain', { aggregator: { ...(mean.create({ of: 'probabilities' }, {}) as Aggregator), needs: { student: 'gradients' } } }],
  ] as const)('nothing is left behind: %s %j', (kind, changes) => {
    const { step } = stepFor(kind, changes);
    let { state } = step.initial();
    const take = (i: number): number => {
      const batch = batchOf();
      const knobs = knobsOf();
      const { gradients, updates, stats } = step.differentiate(state, batch, knobs, at(i));
      state = step.apply(state, gradients, updates, knobs);
      stats.dispose();
      disposeAll(knobs);
      disposeAll(batch.tensors);
      return tf.memory().numTensors;
    };
    const first = take(0);
    expect(take(1)).toBe(first);
    expect(take(2)).toBe(first);
    const held = Object.keys(state).length;
    disposeAll(state);
    expect(tf.memory().numTensors).toBe(first - held);
  });
});
