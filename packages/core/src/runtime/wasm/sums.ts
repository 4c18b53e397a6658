import { Mean, Sum, util } from '@tensorflow/tfjs-core';
import type { KernelFunc, MeanAttrs, SumAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { release, reshaped, run, sizeOf } from './kernel-calls.ts';
import { reducedNothing } from './empty-tensors.ts';
import { sumMiddle } from './sum-middle.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/** Rows of the last axis shorter than this are left to the native kernel. */
const SHORT = 256;

/**
 * Sums over any axes. The native kernel transposes where the axes are not the last ones, and adds up in one long
 * chain of single precision: four million times 0.1 comes out as 384,525.
 */
export const sum: TrainingKernel = trainingKernel<'x', SumAttrs>(Sum, (native) => (call) => {
  const { inputs: { x }, attrs: { axis, keepDims }, backend } = call;
  if (sizeOf(x) === 0) return reducedNothing(backend, x, axis, keepDims, 0);
  if (x.dtype !== 'float32') return native(call as never) as TensorInfo;
  return sumOver(backend, native, x, axis, keepDims);
});

export const mean: TrainingKernel = trainingKernel<'x', MeanAttrs>(Mean, (native) => (call) => {
  const { inputs: { x }, attrs: { axis, keepDims }, backend } = call;
  if (sizeOf(x) === 0) return reducedNothing(backend, { ...x, dtype: 'float32' }, axis, keepDims, Number.NaN);
  if (x.dtype !== 'float32') return native(call as never) as TensorInfo;
  const total = run(backend, Sum, { x }, { axis, keepDims });
  const count = backend.makeOutput([], 'float32', undefined, new Float32Array([sizeOf(x) / sizeOf(total)]));
  const result = run(backend, 'RealDiv', { a: total, b: count });
  release(backend, total, count);
  return result;
});

function sumOver(
  backend: BackendWasm, native: KernelFunc, x: TensorInfo, axis: number | number[], keepDims: boolean,
): TensorInfo {
  const axes = util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
  const isSummed = x.shape.map((_, index) => axes.includes(index));
  const kept = x.shape.flatMap((length, index) => (isSummed[index] ? (keepDims ? [1] : []) : [length]));
  const first = axes[0] ?? 0;
  const last = axes.at(-1) ?? -1;
  const isOneBlock = x.shape.every((length, index) => index < first || index > last || isSummed[index] || length === 1);
  if (!isOneBlock) {
    const others = x.shape.map((_, index) => index).filter((index) => !isSummed[index]);
    const moved = run(backend, 'Transpose', { x }, { perm: [...others, ...axes] });
    const result = sumOver(backend, native, moved, axes.map((_, index) => others.length + index), false);
    release(backend, moved);
    return reshaped(result, kept);
  }
  const outer = util.sizeFromShape(x.shape.slice(0, first));
  const inner = util.sizeFromShape(x.shape.slice(last + 1));
  const length = sizeOf(x) / (outer * inner);
  if (inner === 1 && length < SHORT) {
    const rows = reshaped(x, [outer, length]);
    return reshaped(native({ inputs: { x: rows }, attrs: { axis: [1], keepDims: false }, backend }) as TensorInfo, kept);
  }
  return reshaped(sumMiddle(backend, reshaped(x, [outer, length, inner])), kept);
}
