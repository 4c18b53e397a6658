import {
  tensor1d, type DepthwiseConv2dNativeAttrs, type DepthwiseConv2dNativeBackpropFilterAttrs, type DepthwiseConv2dNativeBackpropInputAttrs,
  type FusedDepthwiseConv2DAttrs, type KernelConfig, type Tensor, type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { TensorflowBackend } from '../../kernel-backend.ts';
import { biasAndActivation } from '../activation.ts';
import { channelsLast, channelsSecond, convolutionAttributes, convolutionInfo, type ConvolutionAttributes } from '../convolution.ts';
import { kernel } from '../kernel.ts';

/** With any padding, in either layout. */
export const depthwiseConv2d: KernelConfig = kernel<'x' | 'filter', DepthwiseConv2dNativeAttrs>('DepthwiseConv2dNative', ({ inputs: { x, filter }, attrs, backend }) => {
  if (attrs.dataFormat === 'NCHW') return channelsSecond(convolve(backend, channelsLast(x), filter, attrs));
  return convolve(backend, x, filter, attrs);
});

type Fused = 'x' | 'filter' | 'bias' | 'preluActivationWeights';

export const fusedDepthwiseConv2d: KernelConfig = kernel<Fused, FusedDepthwiseConv2DAttrs>('FusedDepthwiseConv2D', ({ inputs: { x, filter, bias, preluActivationWeights }, attrs, backend }) =>
  biasAndActivation(convolve(backend, x, filter, attrs), bias, preluActivationWeights, attrs));

export const depthwiseBackpropInput: KernelConfig = kernel<'dy' | 'filter', DepthwiseConv2dNativeBackpropInputAttrs>('DepthwiseConv2dNativeBackpropInput', ({ inputs: { dy, filter }, attrs, backend }) => {
  const info = convolutionInfo(attrs.inputShape, filter.shape, attrs, true);
  return backend.executeSingleOutput('DepthwiseConv2dNativeBackpropInput', convolutionAttributes(dy, info), [tensor1d(attrs.inputShape, 'int32'), filter, dy]);
});

export const depthwiseBackpropFilter: KernelConfig = kernel<'x' | 'dy', DepthwiseConv2dNativeBackpropFilterAttrs>('DepthwiseConv2dNativeBackpropFilter', ({ inputs: { x, dy }, attrs, backend }) => {
  const info = convolutionInfo(x.shape, attrs.filterShape, attrs, true);
  return backend.executeSingleOutput('DepthwiseConv2dNativeBackpropFilter', convolutionAttributes(x, info), [x, tensor1d(attrs.filterShape, 'int32'), dy]);
});

function convolve(backend: TensorflowBackend, x: TensorInfo, filter: TensorInfo, attrs: ConvolutionAttributes): Tensor {
  return backend.executeSingleOutput('DepthwiseConv2dNative', convolutionAttributes(x, convolutionInfo(x.shape, filter.shape, attrs, true)), [x, filter]);
}
