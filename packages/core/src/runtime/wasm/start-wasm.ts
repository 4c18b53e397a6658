import { env, ready, setBackend } from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { kdError } from '../../errors/kd-error.ts';
import { guardAllocations } from './allocation.ts';
import { registerTrainingKernels } from './training-kernels.ts';

export interface WasmOptions {
  /**
   * Folder or URL prefix, with its final slash, that serves the backend's `.wasm` files. Needed in browsers where
   * they don't lie beside the page's script; Node finds them by itself.
   */
  readonly wasmPath?: string;
}

/**
 * Makes wasm, with kernels for training, the backend of all TensorFlow.js operations from here on.
 * @throws KD_BACKEND_UNAVAILABLE where the runtime has no WebAssembly or the `.wasm` file cannot be loaded
 */
export async function startWasm(options: WasmOptions = {}): Promise<void> {
  if (!('WebAssembly' in globalThis)) throw kdError('KD_BACKEND_UNAVAILABLE', { backend: 'wasm', why: 'this runtime has no WebAssembly' });
  if (options.wasmPath !== undefined) setWasmPaths(options.wasmPath);
  registerTrainingKernels();
  staySingle();
  if (!(await setBackend('wasm'))) {
    const where = options.wasmPath ?? 'the place where @tensorflow/tfjs-backend-wasm looks for it';
    const mend = "in a browser, serve the .wasm files of @tensorflow/tfjs-backend-wasm/dist and say where: backend: ['wasm', { wasmPath: '/wasm/' }]";
    throw kdError('KD_BACKEND_UNAVAILABLE', { backend: 'wasm', why: `its .wasm file could not be loaded from ${where}; ${mend}` });
  }
  await ready();
  guardAllocations();
}

/**
 * TensorFlow.js would use threads in a cross-origin isolated page. Their workers run the text of its own module, which
 * a bundler's minifier breaks: nothing is computed and nothing is said. A page that has set the flag itself keeps it.
 */
function staySingle(): void {
  const threads = 'WASM_HAS_MULTITHREAD_SUPPORT';
  if (!(threads in env().getFlags())) env().set(threads, false);
}
