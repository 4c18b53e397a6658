import { Conv2DBackpropInput } from '@tensorflow/tfjs-core';
import type { Conv2DBackpropInputAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { convolutionShape, type ConvolutionShape } from './convolution-shape.ts';
import { floats, makeZeros, product, release, reshaped, rowsOf, run } from './kernel-calls.ts';
import { blocksOfRows, patchSize, scatterPatches } from './patches.ts';
import { paddingOfAdjoint } from './padding-of-adjoint.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';
import { widenedKernel } from './widened.ts';

/**
 * Gradient of a convolution with respect to its input, and the transposed convolution itself. A `dy` that is larger than
 * the convolution's output (a transposed one may ask for that) is left to the backend's own kernel.
 */
export const conv2dBackpropInput: TrainingKernel = widenedKernel(Conv2DBackpropInput, 'float32', {
  mended: (native) => ofFloats.create(native),
});

const ofFloats = trainingKernel<'dy' | 'filter', Conv2DBackpropInputAttrs>(
  Conv2DBackpropInput,
  (native) => ({ inputs: { dy, filter }, attrs, backend }) => {
    const shape = convolutionShape(attrs.inputShape, filter.shape, attrs);
    const fits = dy.shape[1] === shape.outHeight && dy.shape[2] === shape.outWidth;
    if (!fits) return native({ inputs: { dy, filter }, attrs: { ...attrs }, backend });
    const padding = paddingOfAdjoint(shape);
    return padding ? byConvolution(backend, dy, filter, padding) : byPatches(backend, dy, filter, shape);
  },
);

/** Where all strides are 1, the adjoint is a convolution with the filter turned by half a circle. */
function byConvolution(backend: BackendWasm, dy: TensorInfo, filter: TensorInfo, pad: number[][]): TensorInfo {
  const turned = run(backend, 'Reverse', { x: filter }, { dims: [0, 1] });
  const swapped = run(backend, 'Transpose', { x: turned }, { perm: [0, 1, 3, 2] });
  const attrs = { strides: [1, 1], dilations: [1, 1], pad, dataFormat: 'NHWC' };
  const dx = run(backend, 'Conv2D', { x: dy, filter: swapped }, attrs);
  release(backend, turned, swapped);
  return dx;
}

/** What each output position adds to its patch of the input, block by block. */
function byPatches(backend: BackendWasm, dy: TensorInfo, filter: TensorInfo, shape: ConvolutionShape): TensorInfo {
  const { batchSize, outHeight, outWidth, outChannels } = shape;
  const gradients = reshaped(dy, [batchSize * outHeight * outWidth, outChannels]);
  const weights = run(backend, 'Transpose', { x: reshaped(filter, [patchSize(shape), outChannels]) }, { perm: [1, 0] });
  const dx = makeZeros(backend, shape.inShape);
  for (const rows of blocksOfRows(shape)) {
    const gradient = rowsOf(backend, gradients, rows.begin * outWidth, rows.count * outWidth);
    const patches = product(backend, gradient, weights);
    scatterPatches(shape, rows, floats(backend, patches), floats(backend, dx));
    release(backend, gradient, patches);
  }
  release(backend, weights);
  return dx;
}
