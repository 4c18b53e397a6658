import type { InputSpec } from './dataset.ts';

/** Arrays that batches are read into, one after the other. A new one for each batch would cost as much as reading it. */
export class ReusedArrays {
  readonly #arrays = new Map<string, Float32Array | Int32Array>();

  /** Zeros; the array of this name, type and length, whatever it held before. */
  take(name: string, dtype: InputSpec['dtype'], length: number): Float32Array | Int32Array {
    const key = `${name} ${dtype} ${length}`;
    const known = this.#arrays.get(key);
    if (known) return known.fill(0);
    const fresh = newArray(dtype, length);
    this.#arrays.set(key, fresh);
    return fresh;
  }
}

/** Zeros. */
export function newArray(dtype: InputSpec['dtype'], length: number): Float32Array | Int32Array {
  return dtype === 'int32' ? new Int32Array(length) : new Float32Array(length);
}
