import { GatherV2, util } from '@tensorflow/tfjs-core';
import type { GatherV2Attrs, TensorInfo } from '@tensorflow/tfjs-core';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/**
 * Columns picked from the last axis. The native kernel copies runs of neighbours, and here every run is one number. Where there is
 * nothing to pick, it mistakes the shape.
 */
export const gather: TrainingKernel = trainingKernel<'x' | 'indices', GatherV2Attrs>(GatherV2, (native) => (call) => {
  const { inputs: { x, indices }, attrs: { axis, batchDims }, backend } = call;
  const columns = x.shape.at(-1) ?? 0;
  const along = util.parseAxisParam(axis, x.shape)[0]!;
  const isLast = along === x.shape.length - 1;
  const shape = [...x.shape.slice(0, along), ...indices.shape.slice(batchDims), ...x.shape.slice(along + 1)];
  if (util.sizeFromShape(shape) === 0) return backend.makeOutput(shape, x.dtype);
  const unusual = !isLast || batchDims !== 0 || x.dtype === 'string' || indices.dtype !== 'int32';
  // The native kernel also says which index is out of bounds.
  if (unusual || backend.typedArrayFromHeap(indices).some((column) => column < 0 || column >= columns)) return native(call as never) as TensorInfo;
  const result = backend.makeOutput(shape, x.dtype);
  const from = backend.typedArrayFromHeap(x);
  const picked = backend.typedArrayFromHeap(indices);
  const to = backend.typedArrayFromHeap(result);
  let at = 0;
  for (let row = 0; row < from.length; row += columns) {
    for (let i = 0; i < picked.length; i++) to[at++] = from[row + picked[i]!]!;
  }
  return result;
});
