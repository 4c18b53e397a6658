import type { KernelConfig, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorflowBackend } from '../kernel-backend.ts';

/** What a kernel works with. */
export interface KernelCall {
  readonly inputs: NamedTensorInfoMap;
  readonly attrs: NamedAttrMap;
  readonly backend: TensorflowBackend;
}

/** A kernel of this backend. @param name as TensorFlow.js calls it */
export function kernel(name: string, compute: (call: KernelCall) => TensorInfo | TensorInfo[]): KernelConfig {
  return { kernelName: name, backendName: 'tensorflow', kernelFunc: ({ inputs, attrs, backend }) => compute({ inputs, attrs: attrs as NamedAttrMap, backend: backend as TensorflowBackend }) };
}
