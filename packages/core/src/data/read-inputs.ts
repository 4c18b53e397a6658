import { tensor } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import { sizeOf, type Dataset } from './dataset.ts';

/** The rows' inputs as tensors `[rows, ...shape]` by name, to be disposed by the caller. */
export async function readInputs(dataset: Dataset, rows: ArrayLike<number>): Promise<NamedTensors> {
  const inputs: NamedTensors = {};
  for (const [name, spec] of Object.entries(dataset.inputs)) {
    const values = spec.dtype === 'int32' ? new Int32Array(rows.length * sizeOf(spec)) : new Float32Array(rows.length * sizeOf(spec));
    const later = dataset.read(name, rows, values);
    if (later) await later;
    inputs[name] = tensor(values, [rows.length, ...spec.shape], spec.dtype);
  }
  return inputs;
}
