import { Conv2D, DepthwiseConv2dNative, FusedConv2D, FusedDepthwiseConv2D } from '@tensorflow/tfjs-core';
import type { Conv2DAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import { convolutionShape } from './convolution-shape.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/**
 * The native convolution left to find out 'same' padding by itself returns zeros where the strides skip pixels, as
 * with a 2 by 2 filter and strides of 3. Told the numbers, it is right.
 */
function withExplicitPadding(name: string, depthwise: boolean): TrainingKernel {
  return trainingKernel<'x' | 'filter', Conv2DAttrs>(name, (native) => (call) => {
    const { inputs: { x, filter }, attrs } = call;
    if (attrs.pad !== 'same') return native(call as never) as TensorInfo;
    const { top, bottom, left, right } = convolutionShape(x.shape, filter.shape, attrs, depthwise).padInfo;
    const pad = [[0, 0], [top, bottom], [left, right], [0, 0]];
    return native({ ...call, attrs: { ...attrs, pad } } as never) as TensorInfo;
  });
}

export const samePadding: readonly TrainingKernel[] = [
  withExplicitPadding(Conv2D, false),
  withExplicitPadding(FusedConv2D, false),
  withExplicitPadding(DepthwiseConv2dNative, true),
  withExplicitPadding(FusedDepthwiseConv2D, true),
];
