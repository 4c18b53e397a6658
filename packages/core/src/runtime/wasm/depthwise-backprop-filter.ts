import { DepthwiseConv2dNativeBackpropFilter } from '@tensorflow/tfjs-core';
import type { DepthwiseConv2dNativeBackpropFilterAttrs } from '@tensorflow/tfjs-core';
import { convolutionShape, type ConvolutionShape } from './convolution-shape.ts';
import { floats, makeFloats } from './kernel-calls.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/** Gradient of a depthwise convolution with respect to its filter, in one pass, summed in double precision. */
export const depthwiseBackpropFilter: TrainingKernel = trainingKernel<'x' | 'dy', DepthwiseConv2dNativeBackpropFilterAttrs>(
  DepthwiseConv2dNativeBackpropFilter,
  () => ({ inputs: { x, dy }, attrs, backend }) => {
    const shape = convolutionShape(x.shape, attrs.filterShape, attrs, true);
    const result = makeFloats(backend, [...attrs.filterShape]);
    floats(backend, result).set(correlation(shape, floats(backend, x), floats(backend, dy)));
    return result;
  },
);

function correlation(shape: ConvolutionShape, input: Float32Array, gradients: Float32Array): Float64Array {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = shape;
  const { filterHeight, filterWidth, strideHeight, strideWidth, dilationHeight, dilationWidth } = shape;
  const sums = new Float64Array(filterHeight * filterWidth * outChannels);
  for (let outRow = 0; outRow < batchSize * outHeight; outRow++) {
    const firstRow = Math.floor(outRow / outHeight) * inHeight;
    const top = (outRow % outHeight) * strideHeight - shape.padInfo.top;
    for (let y = 0; y < filterHeight; y++) {
      const row = top + y * dilationHeight;
      if (row < 0 || row >= inHeight) continue;
      for (let x = 0; x < filterWidth; x++) {
        const shift = x * dilationWidth - shape.padInfo.left;
        const first = Math.max(0, Math.ceil(-shift / strideWidth));
        const end = Math.min(outWidth, Math.ceil((inWidth - shift) / strideWidth));
        const tap = (y * filterWidth + x) * outChannels;
        for (let column = first; column < end; column++) {
          const from = ((firstRow + row) * inWidth + column * strideWidth + shift) * inChannels;
          addProducts(sums, tap, input, from, inChannels, gradients, (outRow * outWidth + column) * outChannels, outChannels);
        }
      }
    }
  }
  return sums;
}

/** Adds, for one position and one cell of the filter, the products of all channels. */
function addProducts(
  sums: Float64Array, tap: number, input: Float32Array, from: number, inChannels: number,
  gradients: Float32Array, at: number, outChannels: number,
): void {
  if (inChannels === outChannels) {
    for (let c = 0; c < inChannels; c++) sums[tap + c] = sums[tap + c]! + input[from + c]! * gradients[at + c]!;
    return;
  }
  const multiplier = outChannels / inChannels;
  for (let c = 0; c < outChannels; c++) {
    const value = input[from + Math.floor(c / multiplier)]!;
    sums[tap + c] = sums[tap + c]! + value * gradients[at + c]!;
  }
}
