import { MaxPoolGrad } from '@tensorflow/tfjs-core';
import type { MaxPoolGradAttrs } from '@tensorflow/tfjs-core';
import { floats, makeZeros } from './kernel-calls.ts';
import { poolingShape, windows } from './pooling-shape.ts';
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
    const rowStep = inWidth * inChannels;
    for (const { position, firstRow, top, bottom, left, right } of windows(shape)) {
      const corner = ((firstRow + top) * inWidth + left) * inChannels;
      const out = position * inChannels;
      for (let channel = 0; channel < inChannels; channel++) {
        const maximum = maxima[out + channel]!;
        const cell = firstEqual(from, maximum, corner + channel, bottom - top, right - left, rowStep, inChannels);
        if (cell >= 0) to[cell] = to[cell]! + gradients[out + channel]!;
      }
    }
    return dx;
  },
);

/** Where in a window the maximum lies first, or -1: a window of NaNs has none. */
function firstEqual(
  input: Float32Array, maximum: number, start: number, rows: number, columns: number, rowStep: number, columnStep: number,
): number {
  for (let row = 0; row < rows; row++) {
    let cell = start + row * rowStep;
    for (let column = 0; column < columns; column++, cell += columnStep) {
      if (input[cell] === maximum) return cell;
    }
  }
  return -1;
}
