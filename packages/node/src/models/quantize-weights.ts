import { largestFloat16, encodeFloat16 } from '../safetensors/float16.ts';
import type { TakenWeight } from './take-weights.ts';
import type { WeightEntry } from './weight-entry.ts';

/** How a file holds the numbers of a model's matrices. TensorFlow.js makes them float32 again when it loads the file. */
export type WeightPrecision = 'float32' | 'float16' | 'uint8';

export interface QuantizedWeights {
  readonly specs: readonly WeightEntry[];
  readonly data: ArrayBuffer;
}

/**
 * Weights in fewer bytes. Vectors (biases, the averages of batch norm) stay float32: they are few, and most sensitive. So do matrices
 * whose numbers float16 does not reach.
 *
 * `uint8` cuts a matrix's range into 255 equal steps, of which one is at 0, if 0 lies in the range: a number is off by half a step at most.
 */
export function quantizeWeights(weights: readonly TakenWeight[], precision: WeightPrecision): QuantizedWeights {
  const made = weights.map(({ entry, stored }): { readonly entry: WeightEntry; readonly bytes: ArrayBufferView } => {
    const values = stored.data as Float32Array;
    const isMatrix = entry.dtype === 'float32' && entry.quantization === undefined && entry.shape.length > 1 && values.length > 0;
    if (isMatrix && precision === 'uint8') return inSteps(entry, values);
    if (isMatrix && precision === 'float16' && values.every((value) => Math.abs(value) <= largestFloat16)) return { entry: { ...entry, quantization: { dtype: 'float16' } }, bytes: encodeFloat16(values) };
    return { entry, bytes: stored.data };
  });
  const data = new Uint8Array(made.reduce((sum, { bytes }) => sum + bytes.byteLength, 0));
  let at = 0;
  for (const { bytes } of made) {
    data.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), at);
    at += bytes.byteLength;
  }
  return { specs: made.map(({ entry }) => entry), data: data.buffer };
}

function inSteps(entry: WeightEntry, values: Float32Array): { readonly entry: WeightEntry; readonly bytes: Uint8Array } {
  let [least, most] = [values[0]!, values[0]!];
  for (const value of values) {
    if (value < least) least = value;
    else if (value > most) most = value;
  }
  const scale = (most - least) / 255 || 1; // all alike: every step is the first
  const min = least < 0 && most > 0 ? -Math.round(-least / scale) * scale : least;
  const bytes = Uint8Array.from(values, (value) => Math.min(255, Math.max(0, Math.round((value - min) / scale))));
  return { entry: { ...entry, quantization: { dtype: 'uint8', scale, min } }, bytes };
}
