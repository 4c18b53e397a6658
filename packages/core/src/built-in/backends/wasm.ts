import { memory } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineBackend, type Strategy } from '../../plugin/strategy.ts';
import { startWasm } from '../../runtime/wasm/start-wasm.ts';

export interface WasmBackendOptions {
  /** Where the `.wasm` files are, in a browser; found by itself in Node. */
  readonly wasmPath?: string | undefined;
}

const options: z.ZodType<WasmBackendOptions> = z.strictObject({ wasmPath: z.string().optional() });

/** The embedded default: npm alone, in Node and in a browser, with the kernels for training that TensorFlow.js lacks. */
export const wasm: Strategy<'backend', WasmBackendOptions, {}> = defineBackend({
  name: 'wasm',
  summary: 'WebAssembly with SIMD; needs nothing but npm.',
  options,
  create: ({ wasmPath }) => ({
    name: 'wasm',
    rank: 10,
    copiesValues: true,
    readsAtOnce: true,
    available: async () => (typeof WebAssembly === 'undefined' ? 'this runtime has no WebAssembly' : true),
    start: () => startWasm(wasmPath === undefined ? {} : { wasmPath }),
    memory: () => ({ tensors: memory().numTensors, bytes: memory().numBytes }),
  }),
});
