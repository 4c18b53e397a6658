import { backend_util, type Tensor, type TensorInfo, transpose } from '@tensorflow/tfjs-core';
import type { Attribute } from '../binding/attributes.ts';
import { int, text, types } from './attribute.ts';

/** What TensorFlow.js says of a convolution, whichever kernel it is for. */
export interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  readonly dataFormat?: 'NHWC' | 'NCHW' | undefined;
  readonly dilations?: number | [number, number] | null | undefined;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil' | undefined;
}

/** The sizes of a convolution over an input whose channels come last, wherever the attributes say that they were. */
export function convolutionInfo(input: readonly number[], filter: readonly number[], attrs: ConvolutionAttributes, depthwise = false): backend_util.Conv2DInfo {
  const { strides, pad, dataFormat, dilations, dimRoundingMode } = attrs;
  const padding = Array.isArray(pad) && dataFormat === 'NCHW' ? ([pad[0], pad[2], pad[3], pad[1]] as backend_util.ExplicitPadding) : pad;
  return backend_util.computeConv2DInfo(input as never, filter as never, strides, dilations ?? 1, padding, dimRoundingMode, depthwise);
}

/** TensorFlow's attributes of it, for channels last and any padding. */
export function convolutionAttributes(x: TensorInfo, info: backend_util.Conv2DInfo): Attribute[] {
  const { padInfo: { type, top, bottom, left, right }, strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  const explicit = type !== 'SAME' && type !== 'VALID';
  return [
    ...types({ T: x.dtype }), text('data_format', 'NHWC'), int('strides', [1, strideHeight, strideWidth, 1]), int('dilations', [1, dilationHeight, dilationWidth, 1]),
    text('padding', explicit ? 'EXPLICIT' : type), ...(explicit ? [int('explicit_paddings', [0, 0, top, bottom, left, right, 0, 0])] : []),
  ];
}

/** Channels moved from the second place to the last, and back. */
export function channelsLast(x: TensorInfo): Tensor {
  return transpose(x as Tensor, [0, 2, 3, 1]);
}

export function channelsSecond(x: TensorInfo): Tensor {
  return transpose(x as Tensor, [0, 3, 1, 2]);
}
