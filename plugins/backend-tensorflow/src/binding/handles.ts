import type { CApi, Pointer } from './c-api.ts';
import { BYTES } from './dtypes.ts';
import { Exhausted } from './exhausted.ts';

/** A tensor that the library holds. */
export interface Held {
  readonly pointer: Pointer;
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly memory: Memory;
}

/** A piece of memory that tensors share. */
interface Memory {
  readonly bytes: number;
  tensors: number;
}

/** Every tensor that JavaScript owns in the library's memory, by a number that is never used twice. */
export class Handles {
  readonly #c: CApi;
  readonly #held = new Map<number, Held>();
  readonly #limit: number;
  #next = 1;
  #bytes = 0;
  #peak = 0;
  #holding = false;
  readonly #freed: number[] = [];

  /** @param limit the most bytes that may be held; what would be more is an error */
  constructor(c: CApi, limit: number = Infinity) {
    this.#c = c;
    this.#limit = limit;
  }

  get count(): number {
    return this.#held.size;
  }

  /** Bytes of all tensors held; what several share is counted once. */
  get bytes(): number {
    return this.#bytes;
  }

  get peakBytes(): number {
    return this.#peak;
  }

  resetPeak(): void {
    this.#peak = this.#bytes;
  }

  /** Counts bytes that are about to be held, for a moment or for longer. Throws `Exhausted` where they are too many. */
  reach(bytes: number, what: string): void {
    const needed = this.#bytes + bytes;
    if (needed > this.#limit) throw new Exhausted(what, `${bytes} bytes more than the ${this.#bytes} that are held would pass the limit of ${this.#limit} bytes`);
    if (needed > this.#peak) this.#peak = needed;
  }

  /** A number for a tensor that the library does not hold yet, or never will. */
  reserve(): number {
    return this.#next++;
  }

  /** @param shares the number of a tensor in whose memory this one lies */
  add(pointer: Pointer, dtype: number, shape: readonly number[], shares?: number): number {
    const id = this.#next++;
    this.adopt(id, pointer, dtype, shape, shares);
    return id;
  }

  /** Holds a tensor under a number that was reserved. */
  adopt(id: number, pointer: Pointer, dtype: number, shape: readonly number[], shares?: number): void {
    const shared = shares === undefined ? undefined : this.#held.get(shares)?.memory;
    const memory = shared ?? { bytes: bytesOf(dtype, shape), tensors: 0 };
    this.#held.set(id, { pointer, dtype, shape, memory });
    if (memory.tensors++ === 0) this.#bytes += memory.bytes;
    if (this.#bytes > this.#peak) this.#peak = this.#bytes;
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

  /** From here on nothing is freed, until {@link letGo}. */
  hold(): void {
    this.#holding = true;
  }

  letGo(): void {
    this.#holding = false;
    if (this.#freed.length > 0) for (const id of this.#freed.splice(0)) this.delete(id);
  }

  delete(id: number): void {
    if (this.#holding) {
      this.#freed.push(id);
      return;
    }
    const held = this.#held.get(id);
    if (!held) return;
    this.#held.delete(id);
    if (--held.memory.tensors === 0) this.#bytes -= held.memory.bytes;
    this.#c.TFE_DeleteTensorHandle(held.pointer);
  }

  clear(): void {
    for (const id of [...this.#held.keys()]) this.delete(id);
  }
}

/** Of a tensor of this type and shape. */
export function bytesOf(dtype: number, shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, BYTES[dtype] ?? 0);
}
