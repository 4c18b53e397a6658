import { BatchMatMul, util } from '@tensorflow/tfjs-core';
import type { BatchMatMulAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import { makeZeros, reshaped, sizeOf } from './kernel-calls.ts';
import type { Matrices } from './matrices.ts';
import { floatProduct } from './float-product.ts';
import { nativeProduct } from './native-product.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';
import { wholeProduct } from './whole-product.ts';

/** Matrix product. The backend's own has a fast path that knows neither transposes nor a batch, and multiplies floats alone. */
export const matMul: TrainingKernel = trainingKernel<'a' | 'b', BatchMatMulAttrs>(BatchMatMul, (native) => (call) => {
  const { inputs: { a, b }, attrs: { transposeA, transposeB }, backend } = call;
  const [left, right] = [matricesOf(a, transposeA), matricesOf(b, transposeB)];
  const [countOfA, rows, inner] = dimensionsOf(left);
  const [countOfB, innerOfB, columns] = dimensionsOf(right);
  const fits = inner === innerOfB && (countOfA === countOfB || countOfA === 1 || countOfB === 1);
  // What is none is told by the native kernel.
  if (!fits || !isMatrix(a) || !isMatrix(b)) return native(call as never) as TensorInfo;

  const shape = { rows, inner, columns };
  const outer = countOfA >= countOfB ? a.shape.slice(0, -2) : b.shape.slice(0, -2);
  const whole = [...outer, rows, columns];
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return reshaped(wholeProduct(backend, left, right, shape), whole);
  // Sums of no products are 0; the native kernel leaves them as they were.
  if (sizeOf(a) === 0 || sizeOf(b) === 0) return makeZeros(backend, whole);
  return reshaped(floatProduct(backend, left, right, shape) ?? nativeProduct(backend, native, left, right, shape), whole);
});

function isMatrix({ dtype, shape }: TensorInfo): boolean {
  return shape.length >= 2 && dtype !== 'string' && dtype !== 'complex64';
}

function matricesOf(info: TensorInfo, transpose: boolean): Matrices {
  const [rows = 1, columns = 1] = info.shape.slice(-2);
  return { info: reshaped(info, [util.sizeFromShape(info.shape.slice(0, -2)), rows, columns]), transpose };
}

/** Of the matrices as they are multiplied: how many, their rows, their columns. */
function dimensionsOf({ info: { shape: [count, rows, columns] }, transpose }: Matrices): [number, number, number] {
  return transpose ? [count!, columns!, rows!] : [count!, rows!, columns!];
}
