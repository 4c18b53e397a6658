import { newArray } from '../data/reused-arrays.ts';
import { sizeOfShape } from '../tensor/size-of-shape.ts';
import type { StoredKey, StoredSignals } from './signal-source.ts';

/** A teacher's stored answers as arrays in memory, filled batch by batch. */
export class MemorySignals implements StoredSignals {
  readonly keys: readonly StoredKey[];
  readonly #values: ReadonlyMap<string, { readonly width: number; readonly values: Float32Array | Int32Array }>;

  constructor(keys: readonly StoredKey[], size: number) {
    this.keys = keys;
    this.#values = new Map(keys.map(({ name, shape, dtype }) => {
      const width = sizeOfShape(shape);
      return [name, { width, values: newArray(dtype, size * width) }];
    }));
  }

  write(key: string, rows: ArrayLike<number>, values: Float32Array | Int32Array): void {
    const { width, values: all } = this.#values.get(key)!;
    for (let i = 0; i < rows.length; i++) all.set(values.subarray(i * width, (i + 1) * width), rows[i]! * width);
  }

  read(key: string, rows: ArrayLike<number>, out: Float32Array | Int32Array): void {
    const { width, values } = this.#values.get(key)!;
    for (let i = 0; i < rows.length; i++) {
      const from = rows[i]! * width;
      for (let j = 0; j < width; j++) out[i * width + j] = values[from + j]!;
    }
  }
}
