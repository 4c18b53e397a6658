import { getKernel, registerKernel, unregisterKernel, type KernelConfig } from '@tensorflow/tfjs-core';
import { gatherV2 } from './replaced/gather-v2.ts';

/** Kernels of the Node package that read values or are slow, made anew. */
const replaced: readonly KernelConfig[] = [gatherV2];

/** Puts kd's kernels beside, and in the place of, those of the Node package. */
export function registerKernels(): void {
  for (const config of replaced) {
    if (getKernel(config.kernelName, config.backendName)) unregisterKernel(config.kernelName, config.backendName);
    registerKernel(config);
  }
}
