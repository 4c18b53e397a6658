import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

export interface KernelCall<InputName extends string, Attributes> {
  readonly inputs: Readonly<Record<InputName, TensorInfo>>;
  readonly attrs: Attributes;
  readonly backend: BackendWasm;
}

/** A kernel that the wasm backend lacks, or one that takes the place of a slow or inexact one. */
export interface TrainingKernel {
  readonly name: string;
  /** @param native the kernel that came with the backend; calling it is an error if there was none. */
  readonly create: (native: KernelFunc) => KernelFunc;
}

/** Names a kernel and the inputs and attributes that the engine hands to it. */
export function trainingKernel<InputName extends string, Attributes>(
  name: string,
  create: (native: KernelFunc) => (call: KernelCall<InputName, Attributes>) => TensorInfo | TensorInfo[],
): TrainingKernel {
  return { name, create: (native) => create(native) as unknown as KernelFunc };
}
