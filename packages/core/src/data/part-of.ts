import { fingerprint, sha256 } from '../tensor/hash.ts';
import type { Dataset } from './dataset.ts';

/**
 * Some rows of a data set, as a data set. It closes nothing: the whole is its owner's.
 *
 * @param hash of the whole: what `samplesHash` gives
 */
export async function partOf(dataset: Dataset, rows: Int32Array, hash: string): Promise<Dataset> {
  const labels = Object.fromEntries(Object.entries(dataset.labels).map(([space, values]) => [space, rowsOf(values, rows, values.length / dataset.size)]));
  return {
    size: rows.length,
    id: (row) => dataset.id(rows[row]!),
    inputs: dataset.inputs,
    labels,
    ...(dataset.spaces ? { spaces: dataset.spaces } : {}),
    ...(dataset.leftOut ? { leftOut: dataset.leftOut } : {}),
    read: (input, wanted, out) => dataset.read(input, Int32Array.from(wanted, (row) => rows[row]!), out),
    hash: await fingerprint({ whole: hash, rows: await sha256(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength)) }),
  };
}

function rowsOf<A extends Int32Array | Float32Array>(values: A, rows: Int32Array, width: number): A {
  const own = values.slice(0, rows.length * width) as A;
  rows.forEach((row, i) => own.set(values.subarray(row * width, (row + 1) * width), i * width));
  return own;
}
