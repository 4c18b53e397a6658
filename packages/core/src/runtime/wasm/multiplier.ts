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

/** By the memory of a backend, which a module of its own works in. */
const known = new WeakMap<BackendWasm, Multiply | undefined>();

/** The product of matrices in a backend's memory; undefined where the runtime has no SIMD, or threads share that memory. */
export function multiplierOf(backend: BackendWasm): Multiply | undefined {
  if (!known.has(backend)) known.set(backend, multiplierIn(backend.wasm as unknown as Emscripten));
  return known.get(backend);
}

function multiplierIn(wasm: Emscripten): Multiply | undefined {
  const code = Uint8Array.from(atob(matrixProductCode), (character) => character.charCodeAt(0));
  const memory = wasm.asm?.memory;
  const isShared = typeof SharedArrayBuffer !== 'undefined' && memory?.buffer instanceof SharedArrayBuffer;
  if (!memory || isShared || !WebAssembly.validate(code)) return undefined;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } });
  const { multiply, workSize } = exports as unknown as MatrixProduct;
  const work = wasm._malloc(workSize());
  return (...given) => multiply(...given, work);
}
