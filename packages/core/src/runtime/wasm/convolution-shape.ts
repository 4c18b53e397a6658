import { backend_util } from '@tensorflow/tfjs-core';

export type ConvolutionShape = backend_util.Conv2DInfo;

interface Attributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil' | undefined;
  readonly dataFormat?: 'NHWC' | 'NCHW' | undefined;
  readonly dilations?: number | [number, number] | null | undefined;
}

/** The sizes of a two-dimensional convolution, channels last as everywhere on this backend. */
export function convolutionShape(
  input: readonly number[], filter: readonly number[], attrs: Attributes, depthwise = false,
): ConvolutionShape {
  const { strides, pad, dimRoundingMode, dataFormat = 'NHWC', dilations } = attrs;
  if (dataFormat !== 'NHWC') throw new Error(`The wasm backend does not support dataFormat '${dataFormat}'. Use 'NHWC'.`);
  return backend_util.computeConv2DInfo(
    [...input] as [number, number, number, number], [...filter] as [number, number, number, number],
    strides, dilations ?? 1, pad, dimRoundingMode, depthwise);
}
