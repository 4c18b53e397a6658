import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { readInputs } from '../data/read-inputs.ts';
import type { Dataset } from '../data/dataset.ts';
import type { BoundInputs } from '../model/bind-inputs.ts';
import type { Model } from '../model/model.ts';
import { disposeAll, type NamedTensors } from '../tensor/named-tensors.ts';
import { Breather } from './breathe.ts';
import { inParts } from './in-parts.ts';

/** Rows that one forward pass takes at most, unless a memory plan says fewer. */
const ROWS_AT_ONCE = 1000;

/**
 * The student's logits on some rows: `[rows, classes]` as plain numbers, by output.
 *
 * @param between called after each part; ends the work by throwing
 * @param most rows of one forward pass
 */
export async function logitsOf(
  model: Model,
  outputs: readonly string[],
  dataset: Dataset,
  inputs: BoundInputs,
  rows: ArrayLike<number>,
  weights?: Readonly<NamedTensors>,
  between?: () => void,
  most: number = ROWS_AT_ONCE,
): Promise<Record<string, { readonly values: Float32Array; readonly width: number }>> {
  const breather = new Breather();
  const found: Record<string, { values: Float32Array; width: number }> = {};
  await inParts(rows.length, Math.min(most, ROWS_AT_ONCE), async (start, end) => {
    const own = Array.prototype.slice.call(rows, start, end) as number[];
    const raw = await readInputs(dataset, own);
    let answers: Record<string, Tensor2D> = {};
    try {
      answers = tf.tidy(() => {
        const { outputs: given } = model.call(inputs(raw), { training: false, outputs }, weights);
        return Object.fromEntries(outputs.map((name) => [name, tf.clone(tf.reshape(given[name]!, [own.length, -1]))])) as Record<string, Tensor2D>;
      });
      for (const name of outputs) {
        const width = answers[name]!.shape[1];
        const all = (found[name] ??= { values: new Float32Array(rows.length * width), width });
        all.values.set(await answers[name]!.data(), start * width);
      }
    } finally {
      disposeAll(answers);
      disposeAll(raw);
    }
    if (breather.due) await breather.breathe();
    between?.();
  });
  return found;
}

/** The most likely class of each row. @param values `[rows, width]` */
export function argMax(values: Float32Array, width: number): Int32Array {
  const best = new Int32Array(values.length / width);
  for (let row = 0; row < best.length; row++) {
    let winner = 0;
    for (let i = 1; i < width; i++) if (values[row * width + i]! > values[row * width + winner]!) winner = i;
    best[row] = winner;
  }
  return best;
}
