import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { floats, makeFloats, release, reshaped, run, sizeOf } from './kernel-calls.ts';
import { countOf, type Matrices, type ProductShape } from './matrices.ts';

/** Below this many multiplications, one slow batched call costs less than one fast call a matrix. */
const WORTH_ONE_CALL = 32_768;

/** Products of matrices of floats, `[batch, rows, columns]`, over the backend's fast path, which knows neither transposes nor a batch. */
export function nativeProduct(backend: BackendWasm, native: KernelFunc, a: Matrices, b: Matrices, { rows, inner, columns }: ProductShape): TensorInfo {
  const batch = Math.max(countOf(a), countOf(b));
  // Many left matrices times one right matrix are one tall matrix times it.
  if (countOf(b) === 1 && (countOf(a) === 1 || !a.transpose)) {
    const [, height, width] = a.info.shape;
    return oneProduct(backend, native, { ...a, info: reshaped(a.info, [1, countOf(a) * height!, width!]) }, b);
  }
  if (rows * columns * inner < WORTH_ONE_CALL) return plainProduct(backend, native, a, b);
  const result = makeFloats(backend, [batch, rows, columns]);
  for (let index = 0; index < batch; index++) {
    const left = matrixAt(backend, a.info, index);
    const right = matrixAt(backend, b.info, index);
    const one = oneProduct(backend, native, { ...a, info: left }, { ...b, info: right });
    floats(backend, result).set(floats(backend, one), index * rows * columns);
    release(backend, left, right, one);
  }
  return result;
}

/**
 * A·B, or (Bᵀ·Aᵀ)ᵀ where that moves fewer numbers: besides each transpose, the backend copies the right-hand side
 * into its own layout.
 */
function oneProduct(backend: BackendWasm, native: KernelFunc, a: Matrices, b: Matrices): TensorInfo {
  const [sizeA, sizeB] = [sizeOf(a.info), sizeOf(b.info)];
  const rows = a.info.shape[a.transpose ? 2 : 1] ?? 1;
  const columns = b.info.shape[b.transpose ? 1 : 2] ?? 1;
  const direct = (a.transpose ? sizeA : 0) + (b.transpose ? sizeB : 0) + sizeB;
  const swapped = (a.transpose ? 0 : sizeA) + (b.transpose ? 0 : sizeB) + sizeA + rows * columns;
  if (direct <= swapped) return plainProduct(backend, native, a, b);
  const flipped = plainProduct(backend, native, { ...b, transpose: !b.transpose }, { ...a, transpose: !a.transpose });
  const result = transposed(backend, flipped);
  release(backend, flipped);
  return result;
}

function plainProduct(backend: BackendWasm, native: KernelFunc, a: Matrices, b: Matrices): TensorInfo {
  const left = a.transpose ? transposed(backend, a.info) : a.info;
  const right = b.transpose ? transposed(backend, b.info) : b.info;
  const attrs = { transposeA: false, transposeB: false };
  const result = native({ inputs: { a: left, b: right }, attrs, backend }) as TensorInfo;
  if (a.transpose) release(backend, left);
  if (b.transpose) release(backend, right);
  return result;
}

/** A copy of one matrix of a batch; a batch of one stands for all. */
function matrixAt(backend: BackendWasm, batch: TensorInfo, index: number): TensorInfo {
  const [count = 1, rows, columns] = batch.shape;
  return run(backend, 'Slice', { x: batch }, { begin: [count === 1 ? 0 : index, 0, 0], size: [1, rows, columns] });
}

function transposed(backend: BackendWasm, info: TensorInfo): TensorInfo {
  return run(backend, 'Transpose', { x: info }, { perm: [0, 2, 1] });
}
