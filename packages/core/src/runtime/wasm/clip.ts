import { ClipByValue } from '@tensorflow/tfjs-core';
import type { ClipByValueAttrs } from '@tensorflow/tfjs-core';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/** The native kernel compares the bits of whole numbers and of truths as if they were floats. */
export const clip: TrainingKernel = trainingKernel<'x', ClipByValueAttrs>(ClipByValue, (native) => (call) => {
  const { inputs: { x }, attrs: { clipValueMin, clipValueMax }, backend } = call;
  if (x.dtype === 'float32') return native(call as never);
  const result = backend.makeOutput(x.shape, x.dtype);
  const to = backend.typedArrayFromHeap(result);
  backend.typedArrayFromHeap(x).forEach((value, i) => {
    to[i] = Math.min(Math.max(value, clipValueMin), clipValueMax);
  });
  return result;
});
