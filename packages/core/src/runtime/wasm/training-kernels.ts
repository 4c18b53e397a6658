import { getKernel, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import type { KernelConfig, KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { avgPoolGrad } from './avg-pool-grad.ts';
import { clip } from './clip.ts';
import { conv2dBackpropFilter } from './conv2d-backprop-filter.ts';
import { conv2dBackpropInput } from './conv2d-backprop-input.ts';
import { conv3dBackpropFilter, conv3dBackpropInput } from './conv3d-backprop.ts';
import { cumulative } from './cumulative.ts';
import { depthwiseBackpropFilter } from './depthwise-backprop-filter.ts';
import { depthwiseBackpropInput } from './depthwise-backprop-input.ts';
import { dilation2d } from './dilation2d.ts';
import { prelu, reductions, topK } from './empty-tensors.ts';
import { gather } from './gather.ts';
import { groupedLogSumExp } from './grouped-log-sum-exp.ts';
import { cast, identity } from './identity.ts';
import { logSoftmax } from './log-softmax.ts';
import { matMul } from './mat-mul.ts';
import { maxPool, maxPool3d, maxPool3dGrad, maxPoolWithArgmax } from './max-cells.ts';
import { maxPoolGrad } from './max-pool-grad.ts';
import { oneHot } from './one-hot.ts';
import { samePadding } from './same-padding.ts';
import { select } from './select.ts';
import { slice, split } from './slices.ts';
import { softenedKl } from './softened-kl.ts';
import { stridedSlice } from './strided-slice.ts';
import { mean, sum } from './sums.ts';
import type { TrainingKernel } from './training-kernel.ts';
import { transform } from './transform.ts';
import { transpose } from './transpose.ts';
import { unsortedSegmentSum } from './unsorted-segment-sum.ts';
import { wholeDivision } from './whole-division.ts';
import { widened } from './widened.ts';

const kernels: readonly TrainingKernel[] = [
  identity,
  cast,
  ...widened,
  ...reductions,
  ...cumulative,
  prelu,
  topK,
  select,
  clip,
  stridedSlice,
  ...wholeDivision,
  oneHot,
  matMul,
  ...samePadding,
  slice,
  split,
  gather,
  logSoftmax,
  softenedKl,
  groupedLogSumExp,
  sum,
  mean,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  conv3dBackpropFilter,
  conv3dBackpropInput,
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  dilation2d,
  transform,
  transpose,
  maxPool,
  maxPoolGrad,
  maxPool3d,
  maxPool3dGrad,
  maxPoolWithArgmax,
  avgPoolGrad,
  unsortedSegmentSum,
];

/** The kernels that are in place. Asking the registry, not a flag, since other code may register kernels too. */
const ours = new WeakSet<KernelFunc>();

/**
 * Gives TensorFlow.js's wasm backend the kernels that training needs: those that it lacks, and faster, more exact
 * or mended ones for some that it has. Calling it again changes nothing. Works before and after the backend has started.
 */
export function registerTrainingKernels(): void {
  for (const kernel of kernels) register(kernel);
}

function register({ name, create }: TrainingKernel): void {
  // The registry's types promise a kernel for every name; for those that are lacking there is none.
  const native: KernelConfig | undefined = getKernel(name, 'wasm');
  if (native && ours.has(native.kernelFunc)) return;
  const kernelFunc = create(native?.kernelFunc ?? noNative);
  ours.add(kernelFunc);
  if (native) unregisterKernel(name, 'wasm');
  // The native kernel's own set-up must still run when the backend starts: ours calls it.
  registerKernel({ ...native, kernelName: name, backendName: 'wasm', kernelFunc });
}

function noNative({ inputs }: { inputs: object }): TensorInfo {
  throw new Error(`The wasm backend has no kernel of its own for inputs ${Object.keys(inputs).join(', ')}.`);
}
