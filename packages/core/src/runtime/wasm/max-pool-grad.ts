import { MaxPoolGrad } from '@tensorflow/tfjs-core';
import type { MaxPoolGradAttrs } from '@tensorflow/tfjs-core';
import { floats, makeZeros } from './kernel-calls.ts';
import { poolingShape, windows, type Window } from './pooling-shape.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/** Gradient of max pooling: each output's gradient goes to the first cell of its window that holds the maximum. */
export const maxPoolGrad: TrainingKernel = trainingKernel<'dy' | 'input' | 'output', MaxPoolGradAttrs>(
  MaxPoolGrad,
  () => ({ inputs: { dy, input, output }, attrs, backend }) => {
    const shape = poolingShape(input.shape, attrs);
    const dx = makeZeros(backend, shape.inShape);
    const from = floats(backend, input);
    const maxima = floats(backend, output);
    const gradients = floats(backend, dy);
    const to = floats(backend, dx);
    const { inChannels, inWidth } = shape;
    for (const window of windows(shape)) {
      for (let channel = 0; channel < inChannels; channel++) {
        const out = window.position * inChannels + channel;
        const cell = cellOf(from, maxima[out]!, window, inWidth, inChannels, channel);
        if (cell >= 0) to[cell] = to[cell]! + gradients[out]!;
      }
    }
    return dx;
  },
);

/** Where in the input the maximum lies, or -1: a window of NaNs has none. */
function cellOf(
  input: Float32Array, maximum: number, window: Window, inWidth: number, inChannels: number, channel: number,
): number {
  for (let y = window.top; y < window.bottom; y++) {
    const row = (window.firstRow + y) * inWidth;
    for (let x = window.left; x < window.right; x++) {
      const cell = (row + x) * inChannels + channel;
      if (input[cell] === maximum) return cell;
    }
  }
  return -1;
}
