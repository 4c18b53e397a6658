import { OneHot } from '@tensorflow/tfjs-core';
import type { OneHotAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/** The native kernel writes int32, whatever it was asked for: floats would be next to 0, and truths run into what lies behind them. */
export const oneHot: TrainingKernel = trainingKernel<'indices', OneHotAttrs>(OneHot, (native) => (call) => {
  const { inputs: { indices }, attrs: { dtype, depth, onValue, offValue }, backend } = call;
  if (dtype === 'int32') return native(call as never) as TensorInfo;
  const result = backend.makeOutput([...indices.shape, depth], dtype);
  const to = backend.typedArrayFromHeap(result).fill(offValue);
  backend.typedArrayFromHeap(indices).forEach((hot, row) => {
    if (hot >= 0 && hot < depth) to[row * depth + hot] = onValue;
  });
  return result;
});
