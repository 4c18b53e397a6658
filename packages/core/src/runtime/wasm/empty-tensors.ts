import { All, Any, Max, Min, Prelu, Prod, TopK, util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { sizeOf } from './kernel-calls.ts';
import { trainingKernel, type KernelCall, type TrainingKernel } from './training-kernel.ts';
import { widenedKernel } from './widened.ts';

interface ReductionAttributes {
  readonly axis?: number | number[];
  /** What the maximum calls its axes. */
  readonly reductionIndices?: number | number[];
  readonly keepDims: boolean;
}

/** Reductions over no values at all, whose result the native kernels leave as it was: what changes nothing when more values come. */
export const reductions: readonly TrainingKernel[] = ([[All, 1], [Any, 0], [Prod, 1], [Max, -Infinity], [Min, Infinity]] as const).map(
  ([name, neutral]) => trainingKernel<'x', ReductionAttributes>(name, (native) => (call) => {
    const { inputs: { x }, attrs: { axis, reductionIndices, keepDims }, backend } = call;
    return sizeOf(x) === 0 ? reducedNothing(backend, x, axis ?? reductionIndices ?? x.shape.map((_, index) => index), keepDims, neutral) : native(call as never);
  }),
);

/** The result of a reduction of an empty tensor, all of `value`; it may well have cells. */
export function reducedNothing(backend: BackendWasm, x: TensorInfo, axis: number | number[], keepDims: boolean, value: number): TensorInfo {
  const axes = util.parseAxisParam(axis, x.shape);
  const shape = x.shape.flatMap((length, index) => (axes.includes(index) ? (keepDims ? [1] : []) : [length]));
  const result = backend.makeOutput(shape, x.dtype);
  backend.typedArrayFromHeap(result).fill(value);
  return result;
}

// The native kernels of these two divide by the number of values in a row.

export const prelu: TrainingKernel = widenedKernel(Prelu, 'float32', {
  mended: (native) => (call) => {
    const { inputs: { x }, backend } = call as unknown as KernelCall<'x', object>;
    return sizeOf(x) === 0 ? backend.makeOutput(x.shape, 'float32') : native(call);
  },
});

export const topK: TrainingKernel = widenedKernel(TopK, 'int32', {
  like: 'x',
  mended: (native) => (call) => {
    const { inputs: { x }, attrs: { k }, backend } = call as unknown as KernelCall<'x', { readonly k: number }>;
    if (sizeOf(x) > 0) return native(call);
    const shape = x.shape.with(-1, k);
    return [backend.makeOutput(shape, x.dtype), backend.makeOutput(shape, 'int32')];
  },
});
