import { BatchMatMul, util } from '@tensorflow/tfjs-core';
import type { BatchMatMulAttrs, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { floats, makeFloats, makeZeros, release, reshaped, run, sizeOf } from './kernel-calls.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';
import { wholeProduct, type Matrices } from './whole-product.ts';

/** Below this many multiplications, one slow batched call costs less than one fast call a matrix. */
const WORTH_ONE_CALL = 32_768;

interface Operand {
  readonly info: TensorInfo;
  /** Whether the last two axes are to be swapped first. */
  readonly flip: boolean;
}

/** Matrix product over the backend's fast path, which knows neither transposes nor a batch. */
export const matMul: TrainingKernel = trainingKernel<'a' | 'b', BatchMatMulAttrs>(BatchMatMul, (native) => (call) => {
  const { inputs: { a, b }, attrs: { transposeA, transposeB }, backend } = call;
  const batchOfA = util.sizeFromShape(a.shape.slice(0, -2));
  const batchOfB = util.sizeFromShape(b.shape.slice(0, -2));
  const unusual = (batchOfA !== batchOfB && batchOfA !== 1 && batchOfB !== 1) || !isNumeric(a) || !isNumeric(b);
  const [rows, inner, columns] = dimensions(a, b, transposeA, transposeB);
  if (unusual || inner === undefined) return native(call as never) as TensorInfo;

  const outer = batchOfA >= batchOfB ? a.shape.slice(0, -2) : b.shape.slice(0, -2);
  if (a.dtype !== 'float32' || b.dtype !== 'float32') {
    const product = wholeProduct(backend, matricesOf(a, batchOfA, transposeA), matricesOf(b, batchOfB, transposeB), [rows, inner, columns]);
    return reshaped(product, [...outer, rows, columns]);
  }
  // Sums of no products are 0; the native kernel leaves them as they were.
  if (sizeOf(a) === 0 || sizeOf(b) === 0) return makeZeros(backend, [...outer, rows, columns]);
  const left = { info: reshaped(a, [batchOfA, ...a.shape.slice(-2)]), flip: transposeA };
  const right = { info: reshaped(b, [batchOfB, ...b.shape.slice(-2)]), flip: transposeB };
  const result = batchOfB === 1 && (batchOfA === 1 || !transposeA)
    ? oneProduct(backend, native, reshapedLeft(left), right)
    : manyProducts(backend, native, left, right);
  return reshaped(result, [...outer, rows, columns]);
});

function isNumeric({ dtype }: TensorInfo): boolean {
  return dtype !== 'string' && dtype !== 'complex64';
}

function matricesOf(info: TensorInfo, count: number, flip: boolean): Matrices {
  const columns = info.shape.at(-1)!;
  return { info, count, rowStep: flip ? 1 : columns, columnStep: flip ? columns : 1 };
}

/** `[rows, inner, columns]`; `inner` is undefined where the two sides do not fit (the native kernel says so). */
function dimensions(
  a: TensorInfo, b: TensorInfo, transposeA: boolean, transposeB: boolean,
): [number, number | undefined, number] {
  const [aRows = 1, aColumns = 1] = a.shape.slice(-2);
  const [bRows = 1, bColumns = 1] = b.shape.slice(-2);
  const inner = transposeA ? aRows : aColumns;
  const fits = inner === (transposeB ? bColumns : bRows);
  return [transposeA ? aColumns : aRows, fits ? inner : undefined, transposeB ? bRows : bColumns];
}

/** Many left matrices times one right matrix are one tall matrix times it. */
function reshapedLeft({ info, flip }: Operand): Operand {
  const [batch = 1, rows = 1, columns = 1] = info.shape;
  return { info: reshaped(info, [1, batch * rows, columns]), flip };
}

/**
 * A·B, or (Bᵀ·Aᵀ)ᵀ where that moves fewer numbers: besides each transpose, the backend copies the right-hand side
 * into its own layout.
 */
function oneProduct(backend: BackendWasm, native: KernelFunc, a: Operand, b: Operand): TensorInfo {
  const [sizeA, sizeB] = [sizeOf(a.info), sizeOf(b.info)];
  const rows = a.info.shape[a.flip ? 2 : 1] ?? 1;
  const columns = b.info.shape[b.flip ? 1 : 2] ?? 1;
  const direct = (a.flip ? sizeA : 0) + (b.flip ? sizeB : 0) + sizeB;
  const swapped = (a.flip ? 0 : sizeA) + (b.flip ? 0 : sizeB) + sizeA + rows * columns;
  if (direct <= swapped) return plainProduct(backend, native, a, b);
  const flipped = plainProduct(backend, native, { ...b, flip: !b.flip }, { ...a, flip: !a.flip });
  const result = transposed(backend, flipped);
  release(backend, flipped);
  return result;
}

function plainProduct(backend: BackendWasm, native: KernelFunc, a: Operand, b: Operand): TensorInfo {
  const left = a.flip ? transposed(backend, a.info) : a.info;
  const right = b.flip ? transposed(backend, b.info) : b.info;
  const attrs = { transposeA: false, transposeB: false };
  const result = native({ inputs: { a: left, b: right }, attrs, backend }) as TensorInfo;
  if (a.flip) release(backend, left);
  if (b.flip) release(backend, right);
  return result;
}

function manyProducts(backend: BackendWasm, native: KernelFunc, a: Operand, b: Operand): TensorInfo {
  const batch = Math.max(a.info.shape[0] ?? 1, b.info.shape[0] ?? 1);
  const rows = a.info.shape[a.flip ? 2 : 1] ?? 1;
  const columns = b.info.shape[b.flip ? 1 : 2] ?? 1;
  const inner = a.info.shape[a.flip ? 1 : 2] ?? 1;
  if (rows * columns * inner < WORTH_ONE_CALL) return plainProduct(backend, native, a, b);
  const result = makeFloats(backend, [batch, rows, columns]);
  for (let index = 0; index < batch; index++) {
    const left = matrixAt(backend, a.info, index);
    const right = matrixAt(backend, b.info, index);
    const one = oneProduct(backend, native, { info: left, flip: a.flip }, { info: right, flip: b.flip });
    floats(backend, result).set(floats(backend, one), index * rows * columns);
    release(backend, left, right, one);
  }
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
