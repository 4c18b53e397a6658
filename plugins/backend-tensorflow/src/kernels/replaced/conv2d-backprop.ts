import { tensor1d, type Conv2DBackpropFilterAttrs, type Conv2DBackpropInputAttrs, type KernelConfig, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorflowBackend } from '../../kernel-backend.ts';
import { channelsLast, channelsSecond, convolutionAttributes, convolutionInfo, type ConvolutionAttributes } from '../convolution.ts';
import { kernel } from '../kernel.ts';

/** Also the transposed convolution; with any padding. */
export const conv2dBackpropInput: KernelConfig = kernel<'dy' | 'filter', Conv2DBackpropInputAttrs>('Conv2DBackpropInput', ({ inputs: { dy, filter }, attrs, backend }) => {
  if (attrs.dataFormat !== 'NCHW') return inputGradient(backend, dy, filter, attrs.inputShape, attrs);
  const [batch, channels, height, width] = attrs.inputShape;
  return channelsSecond(inputGradient(backend, channelsLast(dy), filter, [batch, height, width, channels], attrs));
});

export const conv2dBackpropFilter: KernelConfig = kernel<'x' | 'dy', Conv2DBackpropFilterAttrs>('Conv2DBackpropFilter', ({ inputs: { x, dy }, attrs, backend }) => {
  const [input, gradient] = attrs.dataFormat === 'NCHW' ? [channelsLast(x), channelsLast(dy)] : [x, dy];
  const info = convolutionInfo(input.shape, attrs.filterShape, attrs);
  return backend.executeSingleOutput('Conv2DBackpropFilter', convolutionAttributes(input, info), [input, tensor1d(attrs.filterShape, 'int32'), gradient]);
});

function inputGradient(backend: TensorflowBackend, dy: TensorInfo, filter: TensorInfo, shape: readonly number[], attrs: ConvolutionAttributes): Tensor {
  const info = convolutionInfo(shape, filter.shape, attrs);
  return backend.executeSingleOutput('Conv2DBackpropInput', convolutionAttributes(dy, info), [tensor1d([...shape], 'int32'), filter, dy]);
}
