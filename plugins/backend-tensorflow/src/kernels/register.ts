import { getKernel, registerKernel, unregisterKernel, type KernelConfig } from '@tensorflow/tfjs-core';
import { activationGradients, registerActivationGradients } from './added/activation-gradients.ts';
import { batchNorm, batchNormGrad } from './added/batch-norm.ts';
import { bitwiseAnd } from './added/bitwise-and.ts';
import { denseBincount } from './added/dense-bincount.ts';
import { logSoftmax } from './added/log-softmax.ts';
import { maxPoolWithArgmax } from './added/max-pool-with-argmax.ts';
import { raggedGather, raggedRange, raggedTensorToTensor } from './added/ragged.ts';
import { searchSorted } from './added/search-sorted.ts';
import { sparseFillEmptyRows } from './added/sparse-fill-empty-rows.ts';
import { sparseReshape } from './added/sparse-reshape.ts';
import { sparseSegmentMean, sparseSegmentSum } from './added/sparse-segment.ts';
import { stringNGrams } from './added/string-n-grams.ts';
import { stringSplit } from './added/string-split.ts';
import { stringToHashBucketFast } from './added/string-to-hash-bucket-fast.ts';
import { sumOfSquares } from './added/sum-of-squares.ts';
import { transform } from './added/transform.ts';
import { add } from './replaced/add.ts';
import { avgPool, avgPool3d, avgPool3dGrad, avgPoolGrad } from './replaced/avg-pool.ts';
import { batchMatMul } from './replaced/batch-mat-mul.ts';
import { conv2d, fusedConv2d } from './replaced/conv2d.ts';
import { conv2dBackpropFilter, conv2dBackpropInput } from './replaced/conv2d-backprop.ts';
import { depthwiseBackpropFilter, depthwiseBackpropInput, depthwiseConv2d, fusedDepthwiseConv2d } from './replaced/depthwise-conv2d.ts';
import { diag } from './replaced/diag.ts';
import { gatherV2 } from './replaced/gather-v2.ts';
import { leakyRelu } from './replaced/leaky-relu.ts';
import { maxPool, maxPool3d, maxPool3dGrad, maxPoolGrad } from './replaced/max-pool.ts';
import { multinomial } from './replaced/multinomial.ts';
import { reshape } from './replaced/reshape.ts';
import { round } from './replaced/round.ts';
import { scatterNd } from './replaced/scatter-nd.ts';
import { step } from './replaced/step.ts';
import { sum } from './replaced/sum.ts';

/** Kernels that TensorFlow has and the Node package lacks. */
const added: readonly KernelConfig[] = [
  ...activationGradients, batchNorm, batchNormGrad, bitwiseAnd, denseBincount, logSoftmax, maxPoolWithArgmax, raggedGather, raggedRange, raggedTensorToTensor, searchSorted, sparseFillEmptyRows,
  sparseReshape, sparseSegmentMean, sparseSegmentSum, stringNGrams, stringSplit, stringToHashBucketFast, sumOfSquares, transform,
];

/** Kernels of the Node package that are slow, read values, or know less than TensorFlow does, made anew. */
const replaced: readonly KernelConfig[] = [
  add, avgPool, avgPool3d, avgPool3dGrad, avgPoolGrad, batchMatMul, conv2d, conv2dBackpropFilter, conv2dBackpropInput, depthwiseBackpropFilter, depthwiseBackpropInput,
  depthwiseConv2d, diag, fusedConv2d, fusedDepthwiseConv2d, gatherV2, leakyRelu, maxPool, maxPool3d, maxPool3dGrad, maxPoolGrad, multinomial, reshape, round,
  scatterNd, step, sum,
];

/** Puts kd's kernels beside, and in the place of, those of the Node package. */
export function registerKernels(): void {
  for (const config of [...added, ...replaced]) {
    if (getKernel(config.kernelName, config.backendName)) unregisterKernel(config.kernelName, config.backendName);
    registerKernel(config);
  }
  registerActivationGradients();
}
