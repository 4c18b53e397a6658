import { backend_util, Slice, slice_util, SplitV, util } from '@tensorflow/tfjs-core';
import type { SliceAttrs, SplitVAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { sizeOf } from './kernel-calls.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/** Runs at least this long are copied by one call of the runtime. */
const LONG_RUN = 48;

/** The native kernel first copies the whole tensor out of the heap, however small the slice. */
export const slice: TrainingKernel = trainingKernel<'x', SliceAttrs>(Slice, (native) => (call) => {
  const { inputs: { x }, attrs, backend } = call;
  if (x.dtype === 'string') return native(call as never) as TensorInfo;
  const [begin, size] = slice_util.parseSliceParams(x as never, attrs.begin, attrs.size);
  return sliceOf(backend, x, begin as number[], size as number[]);
});

/** The parts that a tensor is split into; the native kernel slices natively. */
export const split: TrainingKernel = trainingKernel<'x', SplitVAttrs>(SplitV, (native) => (call) => {
  const { inputs: { x }, attrs: { numOrSizeSplits, axis }, backend } = call;
  if (x.dtype === 'string') return native(call as never);
  const along = util.parseAxisParam(axis, x.shape)[0] ?? 0;
  const begin = x.shape.map(() => 0);
  return backend_util.prepareSplitSize(x as never, numOrSizeSplits, along).map((length) => {
    const part = sliceOf(backend, x, begin, x.shape.with(along, length));
    begin[along] = (begin[along] ?? 0) + length;
    return part;
  });
});

function sliceOf(backend: BackendWasm, x: TensorInfo, begin: readonly number[], size: number[]): TensorInfo {
  const result = backend.makeOutput(size, x.dtype);
  if (sizeOf(result) === 0) return result;
  // Axes that are taken whole, and the innermost axis that is not, make one run of neighbours.
  let axis = x.shape.length - 1;
  while (axis > 0 && size[axis] === x.shape[axis]) axis--;
  const strides = [...util.computeStrides(x.shape), 1];
  const run = util.sizeFromShape(size.slice(Math.max(axis, 0)));
  const from = backend.typedArrayFromHeap(x);
  const to = backend.typedArrayFromHeap(result);
  const index = size.slice(0, Math.max(axis, 0)).fill(0);
  const runs = sizeOf(result) / run;
  let start = begin.reduce((offset, value, along) => offset + value * (strides[along] ?? 1), 0);
  for (let at = 0; at < runs * run; at += run) {
    if (run >= LONG_RUN) to.set(from.subarray(start, start + run), at);
    else for (let i = 0; i < run; i++) to[at + i] = from[start + i]!;
    for (let along = index.length - 1; along >= 0; along--) {
      start += strides[along]!;
      index[along] = index[along]! + 1;
      if (index[along]! < size[along]!) break;
      start -= strides[along]! * size[along]!;
      index[along] = 0;
    }
  }
  return result;
}
