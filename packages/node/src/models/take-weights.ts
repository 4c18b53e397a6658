import { createHash } from 'node:crypto';
import { kdError, sizeOf } from '@kd/core';
import { dtypes, type StoredDtype, type StoredTensor } from '../safetensors/dtypes.ts';
import { firstNotFinite } from '../safetensors/first-not-finite.ts';
import { encodeSafetensors } from '../safetensors/write-safetensors.ts';
import { bytesOfWeight, type WeightEntry } from './weight-entry.ts';

export interface TakenWeight {
  readonly entry: WeightEntry;
  /** As it lies in the file: quantised weights are not decoded, text is its bytes. */
  readonly stored: StoredTensor;
}

/**
 * Cuts weight data into weights and checks the numbers.
 *
 * @throws KD_FILE_TRUNCATED, KD_MODEL_INVALID for NaN or infinite weights
 */
export function takeWeights(specs: readonly WeightEntry[], data: ArrayBuffer, file: string): readonly TakenWeight[] {
  let at = 0;
  const weights = specs.map((entry): TakenWeight => {
    const length = bytesOfWeight(entry) ?? bytesOfText(entry, data, at, file);
    const bytes = data.slice(at, at + length); // a copy, since weights are not aligned in the file
    at += length;
    const dtype: StoredDtype = entry.dtype === 'string' ? 'uint8' : (entry.quantization?.dtype ?? entry.dtype);
    const stored: StoredTensor = { dtype, shape: entry.dtype === 'string' ? [length] : entry.shape, data: dtypes[dtype].view(bytes, 0, length / dtypes[dtype].width) };
    expectFinite(entry.name, stored, file);
    return { entry, stored };
  });
  if (at !== data.byteLength) throw kdError('KD_FILE_TRUNCATED', { file: `Weights of ${file}`, expected: at, received: data.byteLength });
  return weights;
}

/** sha256 of the safetensors file that would hold the weights, quantisation included; order in the file does not count. */
export function hashOfWeights(weights: readonly TakenWeight[]): string {
  const tensors = Object.fromEntries(weights.map(({ entry, stored }) => [entry.name, stored]));
  const quantized = weights.filter(({ entry }) => entry.quantization).map(({ entry }) => [entry.name, JSON.stringify(entry.quantization)] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash('sha256');
  for (const piece of encodeSafetensors({ tensors, ...(quantized.length > 0 ? { metadata: Object.fromEntries(quantized) } : {}) })) hash.update(piece);
  return hash.digest('hex');
}

/** Text is stored as a 32-bit length and its bytes, one after the other. */
function bytesOfText({ name, shape }: WeightEntry, data: ArrayBuffer, start: number, file: string): number {
  const view = new DataView(data);
  const count = sizeOf({ shape });
  let at = start;
  for (let i = 0; i < count; i++) {
    const end = at + 4 <= data.byteLength ? at + 4 + view.getUint32(at, true) : Infinity;
    if (end > data.byteLength) throw kdError('KD_MODEL_INVALID', { file, problem: `weight '${name}' runs beyond the end of its file` });
    at = end;
  }
  return at - start;
}

function expectFinite(name: string, stored: StoredTensor, file: string): void {
  const found = firstNotFinite(stored);
  if (found) throw kdError('KD_MODEL_INVALID', { file, problem: `weight '${name}' holds ${found.value} at position ${found.index}` });
}
