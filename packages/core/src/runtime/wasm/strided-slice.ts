import { StridedSlice } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { release } from './kernel-calls.ts';
import type { KernelCall, TrainingKernel } from './training-kernel.ts';
import { widenedKernel } from './widened.ts';

/** The native kernel calls every result that is no plain slice float32, though it copies its bits as they are. */
export const stridedSlice: TrainingKernel = widenedKernel(StridedSlice, 'int32', {
  like: 'x',
  mended: (native) => (call) => {
    const { inputs: { x }, backend } = call as unknown as KernelCall<'x', object>;
    const sliced = native(call) as TensorInfo;
    if (sliced.dtype === x.dtype) return sliced;
    const bits = backend.typedArrayFromHeap(sliced).slice().buffer;
    release(backend, sliced);
    const result = backend.makeOutput(sliced.shape, x.dtype);
    backend.typedArrayFromHeap(result).set(new Int32Array(bits));
    return result;
  },
});
