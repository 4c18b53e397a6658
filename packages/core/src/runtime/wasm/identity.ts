import { Cast, Identity } from '@tensorflow/tfjs-core';
import type { CastAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/** The tape clones every tensor that a gradient needs. Tensors never change, so the clone may share the values. */
export const identity: TrainingKernel = trainingKernel<'x', object>(Identity, (native) => (call) => {
  const { inputs: { x }, backend } = call;
  return x.dtype === 'string' ? native(call as never) as TensorInfo : shared(backend, x);
});

export const cast: TrainingKernel = trainingKernel<'x', CastAttrs>(Cast, (native) => (call) => {
  const { inputs: { x }, attrs: { dtype }, backend } = call;
  if (x.dtype === dtype && dtype !== 'string') return shared(backend, x);
  return dtype === 'bool' && x.dtype !== 'string' ? truthsOf(backend, x) : native(call as never) as TensorInfo;
});

/** Whatever is not 0 is true. The native kernel keeps the last byte of a whole number: 256 and 0.5 would be false. */
function truthsOf(backend: BackendWasm, x: TensorInfo): TensorInfo {
  const truths = backend.makeOutput(x.shape, 'bool');
  const from = backend.typedArrayFromHeap(x);
  const to = backend.typedArrayFromHeap(truths);
  for (let i = 0; i < from.length; i++) to[i] = Number(from[i] !== 0);
  return truths;
}

function shared(backend: BackendWasm, x: TensorInfo): TensorInfo {
  backend.incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
}
