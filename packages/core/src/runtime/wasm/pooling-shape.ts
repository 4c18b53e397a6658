import { backend_util } from '@tensorflow/tfjs-core';
import type { AvgPoolGradAttrs, MaxPoolGradAttrs } from '@tensorflow/tfjs-core';

type Attributes = AvgPoolGradAttrs | MaxPoolGradAttrs;

export function poolingShape(input: readonly number[], attrs: Attributes): backend_util.Conv2DInfo {
  const { filterSize, strides, pad } = attrs;
  const rounding = 'dimRoundingMode' in attrs ? attrs.dimRoundingMode : undefined;
  return backend_util.computePool2DInfo([...input] as [number, number, number, number], filterSize, strides, 1, pad, rounding);
}

/** The part of a pooling window that lies inside the image: `[top, bottom)` by `[left, right)`. */
export interface PoolingWindow {
  /** Index of the output position, counted through the whole batch. */
  readonly position: number;
  /** Row number of the image's first row, counted through the whole batch. */
  readonly firstRow: number;
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export function* windows(shape: backend_util.Conv2DInfo): Generator<PoolingWindow> {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth } = shape;
  let position = 0;
  for (let image = 0; image < batchSize; image++) {
    for (let y = 0; y < outHeight; y++) {
      const top = y * strideHeight - shape.padInfo.top;
      for (let x = 0; x < outWidth; x++, position++) {
        const left = x * strideWidth - shape.padInfo.left;
        yield {
          position,
          firstRow: image * inHeight,
          top: Math.max(0, top),
          bottom: Math.min(inHeight, top + filterHeight),
          left: Math.max(0, left),
          right: Math.min(inWidth, left + filterWidth),
        };
      }
    }
  }
}
