import { getKernel, util } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/**
 * Runs one of the backend's kernels on bare tensor infos. The caller owns the result and frees it with `release`.
 * The engine is left out: inside `tidy` it would dispose of inputs that were wrapped in tensors.
 */
export function run(
  backend: BackendWasm,
  kernel: string,
  inputs: Readonly<Record<string, TensorInfo>>,
  attrs: object = {},
): TensorInfo {
  const { kernelFunc } = getKernel(kernel, 'wasm');
  return kernelFunc({ inputs: inputs as NamedTensorInfoMap, attrs: attrs as NamedAttrMap, backend }) as TensorInfo;
}

export function release(backend: BackendWasm, ...infos: readonly TensorInfo[]): void {
  for (const info of infos) backend.disposeData(info.dataId);
}

/** The same values under another shape. It shares the data, so release one of the two only. */
export function reshaped(info: TensorInfo, shape: number[]): TensorInfo {
  return { dataId: info.dataId, shape, dtype: info.dtype };
}

export function sizeOf(info: TensorInfo): number {
  return util.sizeFromShape(info.shape);
}

/** New values, not yet set to anything. */
export function makeFloats(backend: BackendWasm, shape: number[]): TensorInfo {
  return backend.makeOutput(shape, 'float32');
}

export function makeZeros(backend: BackendWasm, shape: number[]): TensorInfo {
  const zeros = makeFloats(backend, shape);
  floats(backend, zeros).fill(0);
  return zeros;
}

/** The values where they lie on the heap. Allocating may move the heap: take the view after the last allocation. */
export function floats(backend: BackendWasm, info: TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(info) as Float32Array;
}

/** Rows `begin` to `begin + count` of a matrix, copied. */
export function rowsOf(backend: BackendWasm, matrix: TensorInfo, begin: number, count: number): TensorInfo {
  return run(backend, 'Slice', { x: matrix }, { begin: [begin, 0], size: [count, matrix.shape[1]] });
}

/** The product of two matrices, `[m, k]` by `[k, n]`. */
export function product(backend: BackendWasm, a: TensorInfo, b: TensorInfo): TensorInfo {
  return run(backend, 'BatchMatMul', { a, b }, { transposeA: false, transposeB: false });
}
