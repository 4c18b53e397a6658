import {
  Abs, Acos, Acosh, Asin, Asinh, Atan, Atan2, Atanh, Bincount, Cast, DenseBincount, Exp, Expm1, FusedBatchNorm, IsFinite, IsInf,
  IsNan, LeakyRelu, Log1p, Neg, Reciprocal, Relu, Relu6, ResizeNearestNeighbor, Reverse, Round, SearchSorted, Selu, Sign, Sinh, Softplus,
  SparseFillEmptyRows, SparseSegmentMean, SparseSegmentSum, Square, Step,
} from '@tensorflow/tfjs-core';
import type { DataType, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { release, run } from './kernel-calls.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/** The type in which a kernel computes: truths become whole numbers, or both become floats. */
type Wide = 'int32' | 'float32';

interface Widening {
  /** The input whose type the result has; without it, the result is of the type in which it was computed. */
  readonly like?: string;
  /** Which of several results that is; the first one by default. */
  readonly which?: number;
  /** What else is amiss with the native kernel. */
  readonly mended?: (native: KernelFunc) => KernelFunc;
}

/**
 * Kernels that know some types only, and do not say so: from a truth, which is one byte, they read four, they take the bits of a whole
 * number for a float, write behind their result or leave it as it was. Their inputs are brought to a type that they know.
 */
export const widened: readonly TrainingKernel[] = [
  ...[Abs, Neg, Relu, Relu6, Reverse, Round, Sign, Square, Step].map((name) => widenedKernel(name, 'int32', { like: 'x' })),
  ...[SparseSegmentMean, SparseSegmentSum].map((name) => widenedKernel(name, 'int32', { like: 'data' })),
  ...[Bincount, DenseBincount].map((name) => widenedKernel(name, 'int32', { like: 'weights' })),
  widenedKernel(SparseFillEmptyRows, 'int32', { like: 'values', which: 1 }),
  widenedKernel(SearchSorted, 'int32'),
  ...[Acos, Acosh, Asin, Asinh, Atan, Atanh, Log1p, Reciprocal, Selu, Sinh, Softplus, FusedBatchNorm].map((name) => widenedKernel(name, 'float32', { like: 'x' })),
  widenedKernel(Atan2, 'float32', { like: 'a' }),
  widenedKernel(ResizeNearestNeighbor, 'float32', { like: 'images' }),
  ...[Exp, Expm1, IsFinite, IsInf, IsNan, LeakyRelu].map((name) => widenedKernel(name, 'float32')),
];

export function widenedKernel(name: string, wide: Wide, { like, which = 0, mended = (native) => native }: Widening = {}): TrainingKernel {
  return trainingKernel<string, object>(name, (native) => {
    const kernel = mended(native);
    return (call) => {
      const { inputs, attrs, backend } = call;
      if (Object.values(inputs).every((info) => isWide(info, wide))) return kernel(call as never);
      const made: TensorInfo[] = [];
      const given = Object.fromEntries(Object.entries(inputs).map(([input, info]) => {
        if (isWide(info, wide)) return [input, info];
        made.push(as(backend, info, wide));
        return [input, made.at(-1)!];
      }));
      const answer = kernel({ inputs: given, attrs: attrs as never, backend });
      release(backend, ...made);
      if (like === undefined || inputs[like]!.dtype === given[like]!.dtype) return answer;
      const results = [answer].flat();
      const numbers = results[which]!;
      results[which] = as(backend, numbers, inputs[like]!.dtype);
      release(backend, numbers);
      return Array.isArray(answer) ? results : results[0]!;
    };
  });
}

/** Whether a kernel that computes in `wide` may have it as it is. An input that is optional may be lacking. */
function isWide(info: TensorInfo | undefined, wide: Wide): boolean {
  return info?.dtype !== 'bool' && (wide === 'int32' || info?.dtype !== 'int32');
}

/** A copy in another type. */
export function as(backend: BackendWasm, x: TensorInfo, dtype: DataType): TensorInfo {
  return run(backend, Cast, { x }, { dtype });
}
