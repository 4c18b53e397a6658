import { DepthwiseConv2dNativeBackpropInput } from '@tensorflow/tfjs-core';
import type { DepthwiseConv2dNativeBackpropInputAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { convolutionShape, type ConvolutionShape } from './convolution-shape.ts';
import { floats, makeZeros, release, reshaped, run } from './kernel-calls.ts';
import { paddingOfAdjoint } from './padding-of-adjoint.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/**
 * Gradient of a depthwise convolution with respect to its input: a depthwise convolution of the output's gradient,
 * spread out by the strides, with the filter turned by half a circle.
 */
export const depthwiseBackpropInput: TrainingKernel = trainingKernel<'dy' | 'filter', DepthwiseConv2dNativeBackpropInputAttrs>(
  DepthwiseConv2dNativeBackpropInput,
  () => ({ inputs: { dy, filter }, attrs, backend }) => {
    const shape = convolutionShape(attrs.inputShape, filter.shape, attrs, true);
    const { filterHeight, filterWidth, dilationHeight, dilationWidth, inChannels, outChannels } = shape;
    const turned = run(backend, 'Reverse', { x: filter }, { dims: [0, 1] });
    const weights = reshaped(turned, [filterHeight, filterWidth, outChannels, 1]);
    const padding = paddingOfAdjoint(shape);
    const gradient = padding ? dy : spread(backend, dy, shape);
    const each = run(backend, 'DepthwiseConv2dNative', { x: gradient, filter: weights }, {
      strides: [1, 1], dilations: [dilationHeight, dilationWidth], pad: padding ?? 'valid',
    });
    release(backend, turned);
    if (gradient !== dy) release(backend, gradient);
    if (inChannels === outChannels) return each;
    const multiplier = outChannels / inChannels;
    const dx = run(backend, 'Sum', { x: reshaped(each, [...shape.inShape, multiplier]) }, { axis: 4, keepDims: false });
    release(backend, each);
    return dx;
  },
);

/** The gradient with zeros between its rows and columns and around it, so that a 'valid' convolution fits. */
function spread(backend: BackendWasm, dy: TensorInfo, shape: ConvolutionShape): TensorInfo {
  const { batchSize, outHeight, outWidth, outChannels, strideHeight, strideWidth } = shape;
  const marginTop = shape.effectiveFilterHeight - 1 - shape.padInfo.top;
  const marginLeft = shape.effectiveFilterWidth - 1 - shape.padInfo.left;
  const height = shape.inHeight + shape.effectiveFilterHeight - 1;
  const width = shape.inWidth + shape.effectiveFilterWidth - 1;
  const result = makeZeros(backend, [batchSize, height, width, outChannels]);
  const from = floats(backend, dy);
  const to = floats(backend, result);
  let source = 0;
  for (let image = 0; image < batchSize; image++) {
    for (let row = 0; row < outHeight; row++) {
      const y = marginTop + row * strideHeight;
      for (let column = 0; column < outWidth; column++, source += outChannels) {
        const x = marginLeft + column * strideWidth;
        if (y < 0 || y >= height || x < 0 || x >= width) continue;
        const target = ((image * height + y) * width + x) * outChannels;
        for (let channel = 0; channel < outChannels; channel++) to[target + channel] = from[source + channel]!;
      }
    }
  }
  return result;
}
