import { engine } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** What 32-bit addresses reach. */
const MOST_BYTES = 2 ** 32;

/** The address of so many new bytes. */
type Allocate = (bytes: number) => number;

/** The allocations that are guarded already: a backend may be started twice. */
const guarded = new WeakSet<Allocate>();

/**
 * Makes an allocation that fails an error. The runtime's own answer is address 0, as which the backend takes it: kernels would write
 * over the program's other data, and results be rubbish.
 */
export function guardAllocations(): void {
  const wasm = (engine().backend as BackendWasm).wasm as unknown as { _malloc: Allocate; _free: (address: number) => void };
  if (guarded.has(wasm._malloc)) return;
  // The first call puts the runtime's own function into this place.
  wasm._free(wasm._malloc(1));
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    const address = bytes < MOST_BYTES ? allocate(bytes) : 0;
    if (address === 0 && bytes > 0) throw new Error(`The wasm runtime ran out of memory: ${bytes} bytes more do not fit beside those that are held, of ${MOST_BYTES} at most`);
    return address;
  };
  guarded.add(wasm._malloc);
}
