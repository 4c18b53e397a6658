import { ready, setBackend } from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { kdError } from '../../errors/kd-error.ts';
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
  if (!(await setBackend('wasm'))) {
    const where = options.wasmPath ?? 'the place where @tensorflow/tfjs-backend-wasm looks for it';
    throw kdError('KD_BACKEND_UNAVAILABLE', { backend: 'wasm', why: `its .wasm file could not be loaded from ${where}` });
  }
  await ready();
}
