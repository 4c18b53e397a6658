import { backend_util, MaxPool, MaxPool3D, MaxPool3DGrad, MaxPoolWithArgmax } from '@tensorflow/tfjs-core';
import type { MaxPool3DAttrs, MaxPool3DGradAttrs, MaxPoolAttrs, MaxPoolWithArgmaxAttrs } from '@tensorflow/tfjs-core';
import { floats, makeZeros } from './kernel-calls.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

// Max pooling that finds where each maximum lies. The native kernels of these take the smallest positive number for the least one of
// all: a window of negative numbers has a maximum just above 0, and passes on no gradient.

type Numbers = Float32Array | Int32Array | Uint8Array | Uint8ClampedArray;
type Size4 = [number, number, number, number];
type Size5 = [number, number, number, number, number];

export const maxPool3d: TrainingKernel = trainingKernel<'x', MaxPool3DAttrs>(
  MaxPool3D, () => ({ inputs: { x }, attrs: { filterSize, strides, pad, dimRoundingMode }, backend }) => {
    const shape = backend_util.computePool3DInfo(x.shape as Size5, filterSize, strides, 1, pad, dimRoundingMode);
    const maxima = backend.makeOutput(shape.outShape, x.dtype);
    const from = backend.typedArrayFromHeap(x) as Numbers;
    const to = backend.typedArrayFromHeap(maxima) as Numbers;
    maxCells(shape, from).forEach((cell, i) => { to[i] = from[cell]!; });
    return maxima;
  });

export const maxPool3dGrad: TrainingKernel = trainingKernel<'dy' | 'input', MaxPool3DGradAttrs>(
  MaxPool3DGrad, () => ({ inputs: { dy, input }, attrs: { filterSize, strides, pad, dimRoundingMode }, backend }) => {
    const shape = backend_util.computePool3DInfo(input.shape as Size5, filterSize, strides, 1, pad, dimRoundingMode);
    const dx = makeZeros(backend, input.shape);
    const gradients = floats(backend, dy);
    const to = floats(backend, dx);
    maxCells(shape, floats(backend, input)).forEach((cell, i) => { to[cell] = to[cell]! + gradients[i]!; });
    return dx;
  });

export const maxPoolWithArgmax: TrainingKernel = trainingKernel<'x', MaxPoolWithArgmaxAttrs>(
  MaxPoolWithArgmax, (native) => (call) => {
    const { inputs: { x }, attrs: { filterSize, strides, pad, includeBatchInIndex }, backend } = call;
    // It says what is wrong.
    if (x.shape.length !== 4) return native(call as never);
    const flat = backend_util.computePool2DInfo(x.shape as Size4, filterSize, strides, 1, pad);
    const { outShape, inHeight, inWidth, inChannels } = flat;
    const [maxima, indices] = [backend.makeOutput(outShape, x.dtype), backend.makeOutput(outShape, 'int32')];
    const from = backend.typedArrayFromHeap(x) as Numbers;
    const to = backend.typedArrayFromHeap(maxima) as Numbers;
    const where = backend.typedArrayFromHeap(indices);
    const image = includeBatchInIndex ? Infinity : inHeight * inWidth * inChannels;
    maxCells(volumeOf(flat), from).forEach((cell, i) => {
      to[i] = from[cell]!;
      where[i] = cell % image;
    });
    return [maxima, indices];
  });

/** The native kernel knows floats alone, and says so of others. */
export const maxPool: TrainingKernel = trainingKernel<'x', MaxPoolAttrs>(MaxPool, (native) => (call) => {
  const { inputs: { x }, attrs: { filterSize, strides, pad, dimRoundingMode }, backend } = call;
  if (x.dtype === 'float32') return native(call as never);
  const flat = backend_util.computePool2DInfo(x.shape as Size4, filterSize, strides, 1, pad, dimRoundingMode);
  const maxima = backend.makeOutput(flat.outShape, x.dtype);
  const from = backend.typedArrayFromHeap(x) as Numbers;
  const to = backend.typedArrayFromHeap(maxima) as Numbers;
  maxCells(volumeOf(flat), from).forEach((cell, i) => { to[i] = from[cell]!; });
  return maxima;
});

type Sizes = 'batchSize' | 'inHeight' | 'inWidth' | 'inChannels' | 'outHeight' | 'outWidth' | 'filterHeight' | 'filterWidth' | 'strideHeight' | 'strideWidth';
type DepthSizes = 'inDepth' | 'outDepth' | 'filterDepth' | 'strideDepth';
interface Volume extends Pick<backend_util.Conv2DInfo, Sizes>, Pick<backend_util.Conv3DInfo, DepthSizes> {
  readonly padInfo: { readonly front: number; readonly top: number; readonly left: number };
}

/** An image as a volume of one plane. */
function volumeOf(flat: backend_util.Conv2DInfo): Volume {
  return { ...flat, inDepth: 1, outDepth: 1, filterDepth: 1, strideDepth: 1, padInfo: { ...flat.padInfo, front: 0 } };
}

/** For each number of the result, the cell of the input that holds it: the first one, where several do, and a number before NaN. */
function maxCells(shape: Volume, input: Numbers): Int32Array {
  const { batchSize, inDepth, inHeight, inWidth, inChannels, outDepth, outHeight, outWidth, padInfo } = shape;
  const cells = new Int32Array(batchSize * outDepth * outHeight * outWidth * inChannels);
  let out = 0;
  for (let image = 0; image < batchSize; image++) {
    for (let z = 0; z < outDepth; z++) {
      const [front, back] = inside(z * shape.strideDepth - padInfo.front, shape.filterDepth, inDepth);
      for (let y = 0; y < outHeight; y++) {
        const [top, bottom] = inside(y * shape.strideHeight - padInfo.top, shape.filterHeight, inHeight);
        for (let x = 0; x < outWidth; x++, out += inChannels) {
          const [left, right] = inside(x * shape.strideWidth - padInfo.left, shape.filterWidth, inWidth);
          let isFirst = true;
          for (let plane = front; plane < back; plane++) {
            for (let row = top; row < bottom; row++) {
              const start = ((image * inDepth + plane) * inHeight + row) * inWidth;
              for (let cell = (start + left) * inChannels; cell < (start + right) * inChannels; cell += inChannels) {
                for (let c = 0; c < inChannels; c++) {
                  const most = input[cells[out + c]!]!;
                  if (isFirst || input[cell + c]! > most || Number.isNaN(most)) cells[out + c] = cell + c;
                }
                isFirst = false;
              }
            }
          }
        }
      }
    }
  }
  return cells;
}

/** The part of a window that lies inside the image. */
function inside(start: number, size: number, end: number): [number, number] {
  return [Math.max(0, start), Math.min(end, start + size)];
}
