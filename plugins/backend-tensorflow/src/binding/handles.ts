import type { CApi, Pointer } from './c-api.ts';
import { BYTES } from './dtypes.ts';

/** A tensor that the library holds. */
export interface Held {
  readonly pointer: Pointer;
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly bytes: number;
}

/** Every tensor that JavaScript owns in the library's memory, by a number that is never used twice. */
export class Handles {
  readonly #c: CApi;
  readonly #held = new Map<number, Held>();
  #next = 1;
  #bytes = 0;
  #peak = 0;

  constructor(c: CApi) {
    this.#c = c;
  }

  get count(): number {
    return this.#held.size;
  }

  /** Bytes of all tensors held; tensors that share memory are counted each. */
  get bytes(): number {
    return this.#bytes;
  }

  get peakBytes(): number {
    return this.#peak;
  }

  resetPeak(): void {
    this.#peak = this.#bytes;
  }

  /** A number for a tensor that the library does not hold yet, or never will. */
  reserve(): number {
    return this.#next++;
  }

  add(pointer: Pointer, dtype: number, shape: readonly number[]): number {
    const bytes = shape.reduce((size, length) => size * length, BYTES[dtype] ?? 0);
    const id = this.#next++;
    this.#held.set(id, { pointer, dtype, shape, bytes });
    this.#bytes += bytes;
    if (this.#bytes > this.#peak) this.#peak = this.#bytes;
    return id;
  }

  has(id: number): boolean {
    return this.#held.has(id);
  }

  /** @param what who wants it, for the message; a null handle would crash the library */
  get(id: number, what: string): Held {
    const held = this.#held.get(id);
    if (!held) throw new Error(`${what} was given a tensor that has been disposed, or that belongs to a recording that has ended.`);
    return held;
  }

  delete(id: number): void {
    const held = this.#held.get(id);
    if (!held) return;
    this.#held.delete(id);
    this.#bytes -= held.bytes;
    this.#c.TFE_DeleteTensorHandle(held.pointer);
  }

  clear(): void {
    for (const id of [...this.#held.keys()]) this.delete(id);
  }
}
