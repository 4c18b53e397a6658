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
  return x.dtype === dtype && dtype !== 'string' ? shared(backend, x) : native(call as never) as TensorInfo;
});

function shared(backend: BackendWasm, x: TensorInfo): TensorInfo {
  backend.incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
}
