import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { matrixProductCode } from './matrix-product-code.ts';

/** `c = a · b`; see assembly/matrix-product.ts. Addresses and distances are in bytes. */
export type Multiply = (
  a: number, rowOfA: number, columnOfA: number, b: number, rowOfB: number, columnOfB: number,
  c: number, rows: number, inner: number, columns: number,
) => void;

interface MatrixProduct {
  workSize(): number;
  multiply(...given: [...Parameters<Multiply>, work: number]): void;
}

/** What Emscripten gives a backend. */
interface Emscripten {
  readonly asm?: { readonly memory?: WebAssembly.Memory };
  _malloc(bytes: number): number;
}

/** Made once for each backend; null where there is none. */
const known = new WeakMap<BackendWasm, Multiply | null>();

/** The product of matrices in a backend's memory; null where the runtime has no SIMD, or threads share that memory. */
export function multiplierOf(backend: BackendWasm): Multiply | null {
  let multiply = known.get(backend);
  if (multiply === undefined) {
    multiply = multiplierIn(backend.wasm as unknown as Emscripten);
    known.set(backend, multiply);
  }
  return multiply;
}

function multiplierIn(wasm: Emscripten): Multiply | null {
  const code = Uint8Array.from(atob(matrixProductCode), (character) => character.charCodeAt(0));
  const memory = wasm.asm?.memory;
  const isShared = typeof SharedArrayBuffer !== 'undefined' && memory?.buffer instanceof SharedArrayBuffer;
  if (!memory || isShared || !WebAssembly.validate(code)) return null;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } });
  const { multiply, workSize } = exports as unknown as MatrixProduct;
  const work = wasm._malloc(workSize());
  return (...given) => multiply(...given, work);
}
