import type { ConvolutionShape } from './convolution-shape.ts';

/**
 * The explicit padding under which a convolution over the output's gradient gives the input's gradient.
 * Undefined where there is none: strides above 1, or more padding than the filter can reach over.
 */
export function paddingOfAdjoint(shape: ConvolutionShape): number[][] | undefined {
  if (shape.strideHeight !== 1 || shape.strideWidth !== 1) return undefined;
  const top = shape.effectiveFilterHeight - 1 - shape.padInfo.top;
  const left = shape.effectiveFilterWidth - 1 - shape.padInfo.left;
  const bottom = shape.inHeight - shape.outHeight - top + shape.effectiveFilterHeight - 1;
  const right = shape.inWidth - shape.outWidth - left + shape.effectiveFilterWidth - 1;
  const possible = Math.min(top, left, bottom, right) >= 0;
  return possible ? [[0, 0], [top, bottom], [left, right], [0, 0]] : undefined;
}
