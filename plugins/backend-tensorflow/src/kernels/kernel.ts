import { tidy, type KernelConfig, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorflowBackend } from '../kernel-backend.ts';

/** What a kernel works with. */
export interface KernelCall<Input extends string, Attributes> {
  /** Optional ones may be missing. */
  readonly inputs: Readonly<Record<Input, TensorInfo>>;
  readonly attrs: Attributes;
  readonly backend: TensorflowBackend;
}

/**
 * A kernel of this backend. Tensors that it makes on its way are freed.
 *
 * @param name as TensorFlow.js calls it
 */
export function kernel<Input extends string, Attributes = object>(name: string, compute: (call: KernelCall<Input, Attributes>) => Tensor | Tensor[]): KernelConfig {
  return {
    kernelName: name,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs, backend }) => tidy(() => compute({
      inputs: inputs as unknown as Record<Input, TensorInfo>, attrs: attrs as unknown as Attributes, backend: backend as TensorflowBackend,
    })),
  };
}
