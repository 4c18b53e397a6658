import { Add, backend_util, FloorDiv, Mod, util } from '@tensorflow/tfjs-core';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { release, run } from './kernel-calls.ts';
import type { KernelCall, TrainingKernel } from './training-kernel.ts';
import { widenedKernel } from './widened.ts';

/**
 * Division of whole numbers, exact and 0 where the divisor is 0. The native kernels divide floats, which have 24 bits,
 * and stop the program at a divisor of 0.
 */
export const wholeDivision: readonly TrainingKernel[] = [
  widenedKernel(FloorDiv, 'int32', { mended: ofWholeNumbers((a, b) => Math.floor(a / b)) }),
  widenedKernel(Mod, 'int32', { like: 'a', mended: ofWholeNumbers((a, b) => a - b * Math.floor(a / b)) }),
];

function ofWholeNumbers(compute: (a: number, b: number) => number): (native: KernelFunc) => KernelFunc {
  return (native) => (call) => {
    const { inputs: { a, b }, backend } = call as unknown as KernelCall<'a' | 'b', object>;
    if (a.dtype !== 'int32' || b.dtype !== 'int32') return native(call);
    const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
    const [dividends, divisors] = [broadcast(backend, a, shape), broadcast(backend, b, shape)];
    const result = backend.makeOutput(shape, 'int32');
    const [from, by, to] = [dividends, divisors, result].map((info) => backend.typedArrayFromHeap(info)) as [Int32Array, Int32Array, Int32Array];
    for (let i = 0; i < to.length; i++) to[i] = compute(from[i]!, by[i]!);
    release(backend, dividends, divisors);
    return result;
  };
}

/** A copy of whole numbers, repeated along the axes that they lack. */
function broadcast(backend: BackendWasm, x: TensorInfo, shape: number[]): TensorInfo {
  const zeros = backend.makeOutput(shape, 'int32', undefined, new Int32Array(util.sizeFromShape(shape)));
  const result = run(backend, Add, { a: x, b: zeros });
  release(backend, zeros);
  return result;
}
