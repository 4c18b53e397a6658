import { backend_util, fill, pad, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Attribute } from '../binding/attributes.ts';
import { int, text, types } from './attribute.ts';

/** The windows of a pooling operation. Lists have an entry for each axis of the input, channels last. */
export interface Pooling {
  readonly window: readonly number[];
  readonly strides: readonly number[];
  readonly output: readonly number[];
  /** What TensorFlow calls it; it knows no other kind, for which the input is padded first. */
  readonly padding: 'SAME' | 'VALID';
  /** Cells to add before and after the input; left out where there are none to add. */
  readonly cells?: [number, number][];
}

type Sizes = number | number[];

interface PoolingAttributes {
  readonly filterSize: Sizes;
  readonly strides: Sizes;
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil' | undefined;
}

export function pooling2d(shape: readonly number[], { filterSize, strides, pad: given, dimRoundingMode }: PoolingAttributes): Pooling {
  const info = backend_util.computePool2DInfo(shape as never, filterSize as never, strides as never, 1, given, dimRoundingMode);
  const { top, left, type } = info.padInfo;
  return pooling(shape, info.outShape, [info.filterHeight, info.filterWidth], [info.strideHeight, info.strideWidth], [top, left], type);
}

export function pooling3d(shape: readonly number[], { filterSize, strides, pad: given, dimRoundingMode }: PoolingAttributes): Pooling {
  const info = backend_util.computePool3DInfo(shape as never, filterSize as never, strides as never, 1, given as never, dimRoundingMode);
  const { front, top, left, type } = info.padInfo;
  const window = [info.filterDepth, info.filterHeight, info.filterWidth];
  return pooling(shape, info.outShape, window, [info.strideDepth, info.strideHeight, info.strideWidth], [front, top, left], type);
}

function pooling(input: readonly number[], output: readonly number[], window: readonly number[], strides: readonly number[], before: readonly number[], type: string): Pooling {
  const axes = { window: [1, ...window, 1], strides: [1, ...strides, 1], output };
  if (type === 'SAME' || type === 'VALID') return { ...axes, padding: type };
  // As many cells after as the last window reaches over.
  const spatial = window.map((size, i): [number, number] => [before[i]!, Math.max(0, (output[i + 1]! - 1) * strides[i]! + size - input[i + 1]! - before[i]!)]);
  return { ...axes, padding: 'VALID', cells: [[0, 0], ...spatial, [0, 0]] };
}

export function poolingAttributes(x: TensorInfo, { window, strides, padding }: Pooling): Attribute[] {
  return [...types({ T: x.dtype }), int('ksize', window), int('strides', strides), text('padding', padding), text('data_format', window.length === 5 ? 'NDHWC' : 'NHWC')];
}

/** The input with what is to be added around it. */
export function padded(x: TensorInfo, { cells }: Pooling, value: number): Tensor {
  return cells ? pad(x as Tensor, cells, value) : (x as Tensor);
}

/** Nothing, where no window fits. */
export function emptyOutput(x: TensorInfo, { output }: Pooling): Tensor | undefined {
  return output.includes(0) ? fill([...output], 0, x.dtype as 'float32') : undefined;
}
