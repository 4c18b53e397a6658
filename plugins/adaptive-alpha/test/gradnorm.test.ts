import type { Plain } from '@kd/core';
import { describe, expect, test } from 'vitest';
import { gradNormStep } from '../src/index.ts';
import { casesOf, expectClose } from './golden.ts';
import { resolve } from './resolve.ts';

const progress = { step: 3, steps: 100, epoch: 0, epochs: 1 };
const facts = { steps: 100, epochs: 1, labelled: 10, granularities: [] };
const observed = (hard: number, soft: number, gradients: { hard: number; soft: number }) => ({ progress, hard, soft, trainAccuracy: 0.5, gradients: { ...gradients, cosine: 0 } });

describe('gradnorm', () => {
  test.each(casesOf('adaptive-weights', 'gradnorm_paper_step_'))('$name', ({ inputs, params, expected }) => {
    const gradients = inputs['shared_gradients']!;
    const [sides, size] = gradients.shape as [number, number];
    const norms = Array.from({ length: sides }, (_, i) => Math.hypot(...gradients.data.slice(i * size, (i + 1) * size)));
    const result = gradNormStep(
      { weights: inputs['weights']!.data, norms, losses: inputs['losses']!.data, initial: inputs['initial_losses']!.data },
      { asymmetry: params['alpha'], learningRate: params['lr'] },
    );
    // Inputs and results are rounded to 12 digits.
    expectClose(result.relativeRates, expected['relative_rate'].data, 1e-9);
    expectClose(result.targets, expected['target_norms'].data, 1e-9);
    expectClose([result.loss], [expected['gradnorm_loss']], 1e-9);
    expectClose(result.gradients, expected['grad_weights'].data, 1e-9);
    expectClose(result.weights, expected['weights_after'].data, 1e-9);
  });

  test('gives the side with the small gradient more weight, and keeps both in bounds', () => {
    const scheduler = resolve('gradnorm');
    let state: Plain = scheduler.init(facts);
    expect(scheduler.value(state, progress).alpha).toBe(0.5);
    for (let i = 0; i < 200; i++) state = scheduler.update!(state, observed(1, 1, { hard: 0.1, soft: 50 }));
    const { alpha } = scheduler.value(state, progress);
    expect(alpha).toBeGreaterThan(0.9);
    expect(alpha).toBeLessThan(1);
  });

  test('pushes the side whose loss has fallen less since both were first seen', () => {
    const scheduler = resolve('gradnorm');
    const first = scheduler.update!(scheduler.init(facts), observed(2, 1, { hard: 1, soft: 1 }));
    expect(scheduler.value(first, progress).alpha).toBe(0.5);
    expect(scheduler.value(scheduler.update!(first, observed(1, 1, { hard: 1, soft: 1 })), progress).alpha).toBeLessThan(0.5);
    expect(scheduler.value(scheduler.update!(first, observed(2, 0.5, { hard: 1, soft: 1 })), progress).alpha).toBeGreaterThan(0.5);
  });

  test('learns nothing from a batch that lacks a side', () => {
    const scheduler = resolve('gradnorm');
    const state = scheduler.update!(scheduler.init(facts), observed(1, 2, { hard: 1, soft: 3 }));
    expect(scheduler.update!(state, observed(0, 2, { hard: 0, soft: 3 }))).toEqual(state);
    expect(scheduler.update!(state, observed(Number.NaN, 2, { hard: 1, soft: 3 }))).toEqual(state);
  });
});
