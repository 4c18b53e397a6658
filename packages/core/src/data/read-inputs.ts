import { tensor } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import { sizeOf, type Dataset } from './dataset.ts';
import { newArray, type ReusedArrays } from './reused-arrays.ts';

/**
 * The rows' inputs as tensors `[rows, ...shape]` by name, to be disposed by the caller.
 *
 * @param arrays where they are read into; arrays of their own when left out
 */
export async function readInputs(dataset: Dataset, rows: ArrayLike<number>, arrays?: ReusedArrays): Promise<NamedTensors> {
  const inputs: NamedTensors = {};
  for (const [name, spec] of Object.entries(dataset.inputs)) {
    const length = rows.length * sizeOf(spec);
    const values = arrays?.take(name, spec.dtype, length) ?? newArray(spec.dtype, length);
    const later = dataset.read(name, rows, values);
    if (later) await later;
    inputs[name] = tensor(values, [rows.length, ...spec.shape], spec.dtype);
  }
  return inputs;
}
