import { backend_util, Conv2DBackpropFilter, Conv2DBackpropInput, Conv3DBackpropFilterV2, Conv3DBackpropInputV2 } from '@tensorflow/tfjs-core';
import type { Conv3DBackpropFilterV2Attrs, Conv3DBackpropInputV2Attrs, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { floats, makeZeros, release, reshaped, run } from './kernel-calls.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

// The gradients of a three-dimensional convolution, plane by plane: each plane of the output sees one plane of the
// input through each plane of the filter. The native kernels read past their tensors' ends and mistake strides.

type Size5 = [number, number, number, number, number];

export const conv3dBackpropInput: TrainingKernel = trainingKernel<'dy' | 'filter', Conv3DBackpropInputV2Attrs>(
  Conv3DBackpropInputV2,
  () => ({ inputs: { dy, filter }, attrs: { inputShape, strides, pad }, backend }) => {
    const shape = backend_util.computeConv3DInfo(inputShape, filter.shape as Size5, strides, 1, pad);
    const { batchSize, inDepth, inHeight, inWidth, inChannels } = shape;
    const attrs = { ...planeAttributes(shape), inputShape: [batchSize, inHeight, inWidth, inChannels] };
    const dx = makeZeros(backend, inputShape);
    for (const { output, filterPlane, input } of meetingPlanes(shape)) {
      const gradient = planeOf(backend, dy, 1, output);
      const weights = planeOf(backend, filter, 0, filterPlane);
      const part = run(backend, Conv2DBackpropInput, { dy: gradient, filter: weights }, attrs);
      const plane = inHeight * inWidth * inChannels;
      for (let image = 0; image < batchSize; image++) {
        addBlock(floats(backend, dx), (image * inDepth + input) * plane, floats(backend, part), image * plane, plane);
      }
      release(backend, gradient, weights, part);
    }
    return dx;
  },
);

export const conv3dBackpropFilter: TrainingKernel = trainingKernel<'x' | 'dy', Conv3DBackpropFilterV2Attrs>(
  Conv3DBackpropFilterV2,
  () => ({ inputs: { x, dy }, attrs: { filterShape, strides, pad }, backend }) => {
    const shape = backend_util.computeConv3DInfo(x.shape as Size5, filterShape, strides, 1, pad);
    const attrs = { ...planeAttributes(shape), filterShape: filterShape.slice(1) };
    const dw = makeZeros(backend, filterShape);
    for (const { output, filterPlane, input } of meetingPlanes(shape)) {
      const gradient = planeOf(backend, dy, 1, output);
      const seen = planeOf(backend, x, 1, input);
      const part = run(backend, Conv2DBackpropFilter, { x: seen, dy: gradient }, attrs);
      const values = floats(backend, part);
      addBlock(floats(backend, dw), filterPlane * values.length, values, 0, values.length);
      release(backend, gradient, seen, part);
    }
    return dw;
  },
);

interface MeetingPlanes {
  readonly output: number;
  readonly filterPlane: number;
  readonly input: number;
}

function meetingPlanes(shape: backend_util.Conv3DInfo): MeetingPlanes[] {
  const meetings: MeetingPlanes[] = [];
  for (let output = 0; output < shape.outDepth; output++) {
    for (let filterPlane = 0; filterPlane < shape.filterDepth; filterPlane++) {
      const input = output * shape.strideDepth - shape.padInfo.front + filterPlane;
      if (input >= 0 && input < shape.inDepth) meetings.push({ output, filterPlane, input });
    }
  }
  return meetings;
}

function planeAttributes({ strideHeight, strideWidth, padInfo }: backend_util.Conv3DInfo): object {
  const { top, bottom, left, right } = padInfo;
  return { strides: [strideHeight, strideWidth], pad: [[0, 0], [top, bottom], [left, right], [0, 0]], dataFormat: 'NHWC' };
}

function planeOf(backend: BackendWasm, info: TensorInfo, axis: 0 | 1, index: number): TensorInfo {
  const begin = info.shape.map((_, along) => (along === axis ? index : 0));
  const plane = run(backend, 'Slice', { x: info }, { begin, size: info.shape.with(axis, 1) });
  return reshaped(plane, info.shape.toSpliced(axis, 1));
}

function addBlock(to: Float32Array, target: number, from: Float32Array, source: number, size: number): void {
  for (let i = 0; i < size; i++) to[target + i] = to[target + i]! + from[source + i]!;
}
