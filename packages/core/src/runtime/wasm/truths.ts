import { Abs, Cast, Neg, Relu, Reverse, Select, Square, Step, StridedSlice } from '@tensorflow/tfjs-core';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { release, run } from './kernel-calls.ts';
import { trainingKernel, type KernelCall, type TrainingKernel } from './training-kernel.ts';

/**
 * Kernels that take a truth, which is one byte, for a number of four: the native ones read and write behind their tensors,
 * or leave their result as it was. Truths go through them as int32.
 */
export const truths: readonly TrainingKernel[] = [Abs, Neg, Relu, Reverse, Select, Square, Step].map((name) => overIntegers(name));

/** Besides, the native kernel calls every result that is no plain slice float32, though it copies its bits as they are. */
export const stridedSlice: TrainingKernel = overIntegers(StridedSlice, (native) => (call) => {
  const { inputs: { x }, backend } = call as unknown as KernelCall<'x', object>;
  const sliced = native(call) as TensorInfo;
  if (sliced.dtype === x.dtype) return sliced;
  const bits = backend.typedArrayFromHeap(sliced).slice().buffer;
  release(backend, sliced);
  const result = backend.makeOutput(sliced.shape, x.dtype);
  backend.typedArrayFromHeap(result).set(new Int32Array(bits));
  return result;
});

/** Wraps a kernel whose result has the type of its inputs; a `condition` is the only one that stays as it is. */
function overIntegers(name: string, mended: (native: KernelFunc) => KernelFunc = (native) => native): TrainingKernel {
  return trainingKernel<string, object>(name, (native) => (call) => {
    const { inputs, attrs, backend } = call;
    const kernel = mended(native);
    const wide = Object.entries(inputs).filter(([input, { dtype }]) => dtype === 'bool' && input !== 'condition').map(([input, info]) => [input, as(backend, info, 'int32')] as const);
    if (wide.length === 0) return kernel(call as never);
    const numbers = kernel({ inputs: { ...inputs, ...Object.fromEntries(wide) }, attrs: attrs as never, backend }) as TensorInfo;
    const result = as(backend, numbers, 'bool');
    release(backend, numbers, ...wide.map(([, info]) => info));
    return result;
  });
}

function as(backend: BackendWasm, x: TensorInfo, dtype: 'int32' | 'bool'): TensorInfo {
  return run(backend, Cast, { x }, { dtype });
}
