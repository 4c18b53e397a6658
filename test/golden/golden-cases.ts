import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

export interface Stored {
  readonly shape: number[];
  readonly data: number[];
  readonly dtype?: 'int32';
}

export interface GoldenCase {
  readonly name: string;
  readonly inputs: Readonly<Record<string, Stored>>;
  readonly params: Readonly<Record<string, any>>;
  readonly expected: Readonly<Record<string, any>>;
  readonly float32_guide?: { readonly loss_abs_err?: number; readonly grad_max_abs_err?: number };
}

/** The cases of a family whose names match. */
export function casesOf(family: string, names: RegExp): GoldenCase[] {
  const { cases } = JSON.parse(readFileSync(new URL(`${family}.json`, import.meta.url), 'utf8')) as { cases: GoldenCase[] };
  const found = cases.filter(({ name }) => names.test(name));
  expect(found.length, `cases of ${family} named ${names}`).toBeGreaterThan(0);
  return found;
}

export function tensorOf<T extends Tensor = Tensor2D>({ shape, data, dtype }: Stored): T {
  return tf.tensor(data, shape, dtype ?? 'float32') as T;
}

/** `|a − b| ≤ 1e-5 + 1e-4 · max|b|`, or ten times the error that a stable float32 form was seen to make. */
export function expectClose(received: ArrayLike<number>, expected: ArrayLike<number>, guide = 0): void {
  expect(received.length).toBe(expected.length);
  const wanted = Array.from(expected);
  const tolerance = Math.max(1e-5 + 1e-4 * Math.max(...wanted.map(Math.abs)), 10 * guide);
  wanted.forEach((value, i) => {
    expect(Number.isFinite(received[i]), `value ${i} is ${received[i]}`).toBe(true);
    expect(Math.abs(received[i]! - value), `value ${i}: ${received[i]} is not ${value}`).toBeLessThanOrEqual(tolerance);
  });
}

/** The mean of a per-sample loss, and its gradient with respect to `x`. */
export function valueAndGradient(x: Tensor, perSample: (x: any) => Tensor1D): { readonly value: number; readonly gradient: Float32Array } {
  const { value, grad } = tf.valueAndGrad((input: Tensor) => tf.mean(perSample(input)))(x);
  return { value: value.dataSync()[0]!, gradient: grad.dataSync() as Float32Array };
}

/** Compares a loss and its gradient with those of a case. */
export function expectGolden(golden: GoldenCase, received: { readonly value?: number; readonly gradient?: ArrayLike<number> }): void {
  const { loss_abs_err: loss, grad_max_abs_err: gradient } = golden.float32_guide ?? {};
  if (received.value !== undefined) expectClose([received.value], [golden.expected['loss']], loss);
  if (received.gradient) expectClose(received.gradient, golden.expected['grad_student'], gradient);
}
