import { Select, upcastType } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { release } from './kernel-calls.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';
import { as } from './widened.ts';

/** A choice between two tensors. The native kernel takes both for numbers of four bytes, and of the type of the first. */
export const select: TrainingKernel = trainingKernel<'condition' | 't' | 'e', object>(Select, (native) => (call) => {
  const { inputs: { condition, t, e }, attrs, backend } = call;
  const dtype = upcastType(t.dtype, e.dtype);
  if (t.dtype === e.dtype && dtype !== 'bool') return native(call as never);
  const wide = dtype === 'bool' ? 'int32' : dtype;
  const either = { t: as(backend, t, wide), e: as(backend, e, wide) };
  const chosen = native({ inputs: { condition, ...either }, attrs: attrs as never, backend }) as TensorInfo;
  release(backend, either.t, either.e);
  if (dtype === wide) return chosen;
  const result = as(backend, chosen, dtype);
  release(backend, chosen);
  return result;
});
