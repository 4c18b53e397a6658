import { transpose, type Conv2DAttrs, type FusedConv2DAttrs, type KernelConfig, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorflowBackend } from '../../kernel-backend.ts';
import { biasAndActivation } from '../activation.ts';
import { channelsLast, channelsSecond, convolutionAttributes, convolutionInfo, type ConvolutionAttributes } from '../convolution.ts';
import { kernel } from '../kernel.ts';

/** With any padding; channels in the second place are moved, since TensorFlow's CPU wants them last. */
export const conv2d: KernelConfig = kernel<'x' | 'filter', Conv2DAttrs>('Conv2D', ({ inputs: { x, filter }, attrs, backend }) => {
  if (attrs.dataFormat === 'NCHW') return channelsSecond(convolve(backend, channelsLast(x), filter, attrs));
  return convolve(backend, x, filter, attrs);
});

type Fused = 'x' | 'filter' | 'bias' | 'preluActivationWeights';

export const fusedConv2d: KernelConfig = kernel<Fused, FusedConv2DAttrs>('FusedConv2D', ({ inputs, attrs, backend }) => {
  const { x, filter, bias, preluActivationWeights: prelus } = inputs;
  if (attrs.dataFormat !== 'NCHW') return biasAndActivation(convolve(backend, x, filter, attrs), bias, prelus, attrs);
  return channelsSecond(biasAndActivation(convolve(backend, channelsLast(x), filter, attrs), bias, prelus && moveLast(prelus), attrs));
});

function convolve(backend: TensorflowBackend, x: TensorInfo, filter: TensorInfo, attrs: ConvolutionAttributes): Tensor {
  return backend.executeSingleOutput('Conv2D', convolutionAttributes(x, convolutionInfo(x.shape, filter.shape, attrs)), [x, filter]);
}

/** Weights of `[channels, height, width]`, with or without a batch, to channels last; a single list stays as it is. */
function moveLast(weights: TensorInfo): Tensor {
  const rank = weights.shape.length;
  if (rank === 4) return channelsLast(weights);
  return rank === 3 ? transpose(weights as Tensor, [1, 2, 0]) : (weights as Tensor);
}
