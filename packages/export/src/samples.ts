import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { NamedTensors } from '@kd/core';

/** Numbers of some samples, one after the other. */
export interface Samples {
  /** Of one sample. */
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly values: readonly number[];
}

/** What the model is asked, and what it answers, as plain numbers. */
export interface GoldenSamples {
  readonly count: number;
  readonly inputs: Readonly<Record<string, Samples>>;
  /** By head. */
  readonly outputs: Readonly<Record<string, Samples>>;
  /** How far another runtime's answers may be from these: `|a − b| ≤ tolerance · max(1, |b|)`. */
  readonly tolerance: number;
}

/** Room for rounding in other orders of summing. */
const TOLERANCE = 1e-4;

/** Asks a model. @param names of its heads, in the order of its outputs. @param called what its inputs are called, in their order */
export async function goldenSamples(model: LayersModel, inputs: Readonly<NamedTensors>, names: readonly string[], called: readonly string[]): Promise<GoldenSamples> {
  const given = model.inputs.map(({ sourceLayer }) => inputs[sourceLayer.name]!);
  const answers = tf.tidy(() => [model.predict(given)].flat());
  try {
    return {
      count: given[0]!.shape[0]!,
      inputs: Object.fromEntries(await Promise.all(called.map(async (name, i) => [name, await numbersOf(given[i]!)]))),
      outputs: Object.fromEntries(await Promise.all(names.map(async (name, i) => [name, await numbersOf(answers[i]!)]))),
      tolerance: TOLERANCE,
    };
  } finally {
    tf.dispose(answers);
  }
}

/** The largest `|a − b| / max(1, |b|)` over all outputs. */
export function largestDifference(a: GoldenSamples, b: GoldenSamples): number {
  const differences = Object.entries(b.outputs).flatMap(([name, { values }]) => values.map((value, i) => Math.abs(a.outputs[name]!.values[i]! - value) / Math.max(1, Math.abs(value))));
  return Math.max(0, ...differences);
}

async function numbersOf(tensor: tf.Tensor): Promise<Samples> {
  const values = Array.from(await tensor.data(), (value) => Number(value.toPrecision(9))); // nine digits are enough to give a float32 back
  return { shape: tensor.shape.slice(1), dtype: tensor.dtype === 'int32' ? 'int32' : 'float32', values };
}
