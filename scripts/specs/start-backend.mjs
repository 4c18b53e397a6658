import { startWasm } from '../../packages/core/src/runtime/wasm/start-wasm.ts';
import { findLibrary, isFound } from '../../plugins/backend-tensorflow/src/library/find-library.ts';

/**
 * @param {string} backend `tensorflow`, `wasm` (kd's), or `wasm-plain` (without kd's kernels)
 * @param {string} library the folder of TensorFlow's
 * @returns {Promise<string>} the name under which TensorFlow.js knows it
 */
export async function startBackend(backend, library) {
  if (backend === 'tensorflow') {
    const found = await findLibrary({ library });
    if (!isFound(found)) throw new Error(found.why);
    const { startTensorflow } = await import('../../plugins/backend-tensorflow/src/start.ts');
    await startTensorflow(found);
    return 'tensorflow';
  }
  if (backend === 'wasm') await startWasm();
  else await import('@tensorflow/tfjs-backend-wasm');
  return 'wasm';
}
