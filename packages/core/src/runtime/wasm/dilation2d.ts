import { backend_util, Dilation2D } from '@tensorflow/tfjs-core';
import type { Dilation2DAttrs } from '@tensorflow/tfjs-core';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/**
 * Grey dilation: the most of input plus filter over a window. The native kernel takes the smallest positive number for the
 * least one of all, so that windows of negative numbers are lost, and knows no truths.
 */
export const dilation2d: TrainingKernel = trainingKernel<'x' | 'filter', Dilation2DAttrs>(Dilation2D, () => ({ inputs: { x, filter }, attrs: { strides, pad, dilations }, backend }) => {
  const shape = backend_util.computeDilation2DInfo(x.shape as [number, number, number, number], filter.shape as [number, number, number], strides, pad, 'NHWC', dilations);
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outShape, padInfo } = shape;
  const result = backend.makeOutput(outShape, x.dtype);
  const from = backend.typedArrayFromHeap(x);
  const added = backend.typedArrayFromHeap(filter);
  const to = backend.typedArrayFromHeap(result);
  let at = 0;
  for (let image = 0; image < batchSize; image++) {
    for (let y = 0; y < outHeight; y++) {
      for (let column = 0; column < outWidth; column++) {
        for (let channel = 0; channel < inChannels; channel++, at++) {
          let most = Number.MIN_SAFE_INTEGER;
          for (let i = 0; i < shape.filterHeight; i++) {
            const row = y * shape.strideHeight - padInfo.top + i * shape.dilationHeight;
            if (row < 0 || row >= inHeight) continue;
            for (let j = 0; j < shape.filterWidth; j++) {
              const cell = column * shape.strideWidth - padInfo.left + j * shape.dilationWidth;
              if (cell < 0 || cell >= inWidth) continue;
              const sum = from[((image * inHeight + row) * inWidth + cell) * inChannels + channel]! + added[(i * shape.filterWidth + j) * inChannels + channel]!;
              if (sum > most) most = sum;
            }
          }
          to[at] = most;
        }
      }
    }
  }
  return result;
});
