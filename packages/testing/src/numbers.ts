import { Random, sizeOf } from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

const random = new Random(20_190_617);

/** Normally distributed numbers; the same for the same purpose. */
export function normals(purpose: string, shape: readonly number[], deviation: number = 1): Tensor {
  const stream = random.stream(purpose);
  const values = Float32Array.from({ length: sizeOf({ shape }) }, () => deviation * stream.normal());
  return tf.tensor(values, shape as number[]);
}

/** A tensor's numbers; the tensor is disposed. */
export async function read(tensor: Tensor): Promise<Float32Array> {
  const values = Float32Array.from(await tensor.data());
  tensor.dispose();
  return values;
}

/** The largest difference, or infinity where the lengths or a NaN on one side only tell them apart. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i])) continue;
    const gap = Math.abs(a[i]! - b[i]!);
    most = Number.isNaN(gap) ? Infinity : Math.max(most, gap);
  }
  return most;
}

export function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

export function allFinite(values: ArrayLike<number>): boolean {
  return Array.from(values).every(Number.isFinite);
}

/** Numbers for a message. */
export function show(values: ArrayLike<number>): string {
  const shown = Array.from(values).slice(0, 6).map((value) => (Number.isFinite(value) ? Number(value.toPrecision(4)) : value));
  return `[${shown.join(', ')}${values.length > 6 ? ', …' : ''}]`;
}
