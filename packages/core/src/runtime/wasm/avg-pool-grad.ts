import { AvgPoolGrad } from '@tensorflow/tfjs-core';
import type { AvgPoolGradAttrs } from '@tensorflow/tfjs-core';
import { floats, makeZeros } from './kernel-calls.ts';
import { poolingShape, windows } from './pooling-shape.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/**
 * Gradient of average pooling. The average is over the cells inside the image, so the gradient is shared among
 * those alone (the backend's own kernel divides by the whole window, which is wrong at padded borders). Explicit padding
 * is left to it, since TensorFlow.js's specs ask for the whole window there.
 */
export const avgPoolGrad: TrainingKernel = trainingKernel<'dy' | 'input', AvgPoolGradAttrs>(
  AvgPoolGrad,
  (native) => ({ inputs: { dy, input }, attrs, backend }) => {
    if (Array.isArray(attrs.pad)) return native({ inputs: { dy, input }, attrs: { ...attrs }, backend });
    const shape = poolingShape(input.shape, attrs);
    const dx = makeZeros(backend, shape.inShape);
    const gradients = floats(backend, dy);
    const to = floats(backend, dx);
    const { inChannels, inWidth } = shape;
    for (const { position, firstRow, top, bottom, left, right } of windows(shape)) {
      const share = 1 / ((bottom - top) * (right - left));
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          const cell = ((firstRow + y) * inWidth + x) * inChannels;
          const out = position * inChannels;
          for (let channel = 0; channel < inChannels; channel++) {
            to[cell + channel] = to[cell + channel]! + share * gradients[out + channel]!;
          }
        }
      }
    }
    return dx;
  },
);
