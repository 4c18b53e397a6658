import { Cumprod, Cumsum, util } from '@tensorflow/tfjs-core';
import type { CumsumAttrs } from '@tensorflow/tfjs-core';
import type { KernelCall, TrainingKernel } from './training-kernel.ts';
import { widenedKernel } from './widened.ts';

/** Sums and products along an axis. The native kernels do not count an axis from the end, and write outside their result. */
export const cumulative: readonly TrainingKernel[] = [Cumsum, Cumprod].map((name) => widenedKernel(name, 'int32', {
  mended: (native) => (call) => {
    const { inputs: { x }, attrs } = call as unknown as KernelCall<'x', CumsumAttrs>;
    return native({ ...call, attrs: { ...attrs, axis: util.parseAxisParam(attrs.axis, x.shape)[0]! } });
  },
}));
