import { Transform } from '@tensorflow/tfjs-core';
import type { TransformAttrs } from '@tensorflow/tfjs-core';
import { floats, makeFloats } from './kernel-calls.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/**
 * Images moved, turned and bent by projections, one for all or one each. The native kernel reads beside the images of a batch
 * but its first, and mistakes pixels between two others.
 */
export const transform: TrainingKernel = trainingKernel<'image' | 'transforms', TransformAttrs>(Transform, () => ({ inputs: { image, transforms }, attrs, backend }) => {
  const [batch, inHeight, inWidth, channels] = image.shape as [number, number, number, number];
  const [height, width] = attrs.outputShape ?? [inHeight, inWidth];
  const result = makeFloats(backend, [batch, height, width, channels]);
  const [from, projections, to] = [image, transforms, result].map((info) => floats(backend, info)) as [Float32Array, Float32Array, Float32Array];
  const inside = placement[attrs.fillMode];
  const each = transforms.shape[0] === 1 ? 0 : 8;
  const isNearest = attrs.interpolation === 'nearest';
  let at = 0;
  for (let index = 0; index < batch; index++) {
    const [a, b, c, d, e, f, g, h] = projections.subarray(index * each, index * each + 8) as unknown as Projection;
    const pixel = (y: number, x: number, channel: number): number =>
      (y < 0 || y >= inHeight || x < 0 || x >= inWidth ? attrs.fillValue : from[((index * inHeight + y) * inWidth + x) * channels + channel]!);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const depth = g * x + h * y + 1;
        const row = inside((d * x + e * y + f) / depth, inHeight);
        const column = inside((a * x + b * y + c) / depth, inWidth);
        const [top, left] = [Math.floor(row), Math.floor(column)];
        const [down, right] = [row - top, column - left];
        for (let channel = 0; channel < channels; channel++) {
          if (depth === 0) to[at++] = attrs.fillValue;
          else if (isNearest) to[at++] = pixel(Math.round(row), Math.round(column), channel);
          else {
            const above = (1 - right) * pixel(top, left, channel) + right * pixel(top, left + 1, channel);
            const below = (1 - right) * pixel(top + 1, left, channel) + right * pixel(top + 1, left + 1, channel);
            to[at++] = (1 - down) * above + down * below;
          }
        }
      }
    }
  }
  return result;
});

type Projection = [number, number, number, number, number, number, number, number];

/** Where a coordinate outside of an image of that length is read; TensorFlow's own rules. */
const placement: Readonly<Record<TransformAttrs['fillMode'], (at: number, length: number) => number>> = {
  constant: (at) => at,
  nearest: within,
  reflect(at, length) {
    const folded = at - 2 * length * Math.floor(at / (2 * length));
    return within(folded < length ? folded : 2 * length - 1 - folded, length);
  },
  wrap(at, length) {
    const last = length - 1;
    if (last <= 0) return 0;
    if (at < 0) return within(at + length * (Math.trunc(-at / last) + 1), length);
    return within(at > last ? at - length * Math.trunc(at / last) : at, length);
  },
};

function within(at: number, length: number): number {
  return Math.min(Math.max(at, 0), length - 1);
}
