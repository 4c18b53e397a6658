import { Transpose, util } from '@tensorflow/tfjs-core';
import type { TensorInfo, TransposeAttrs } from '@tensorflow/tfjs-core';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/** Up to so many axes the native kernel has a path for each number; for more it asks for every single element where it lies. */
const NATIVE_RANK = 4;

/** Transposes of many axes, such as attention's of queries, keys and values in one, row after row. */
export const transpose: TrainingKernel = trainingKernel<'x', TransposeAttrs>(Transpose, (native) => (call) => {
  const { inputs: { x }, attrs: { perm }, backend } = call;
  const isWord = x.dtype === 'float32' || x.dtype === 'int32';
  const shape = perm.map((axis) => x.shape[axis]!);
  if (!isWord || shape.filter((length) => length !== 1).length <= NATIVE_RANK) return native(call as never) as TensorInfo;

  const result = backend.makeOutput(shape, x.dtype);
  const strides = util.computeStrides(x.shape);
  const steps = perm.map((axis) => strides[axis] ?? 1);
  // As whole numbers, so that not a bit of a NaN changes.
  const [from, to] = [x, result].map((info) => wordsOf(backend.typedArrayFromHeap(info))) as [Int32Array, Int32Array];
  copyRows(from, to, shape, steps);
  return result;
});

function wordsOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength / Int32Array.BYTES_PER_ELEMENT);
}

/** @param steps how far two neighbours of each axis of `shape` are apart in `from` */
function copyRows(from: Int32Array, to: Int32Array, shape: readonly number[], steps: readonly number[]): void {
  const last = shape.length - 1;
  const [width, step] = [shape[last]!, steps[last]!];
  const at = shape.map(() => 0);
  let start = 0;
  for (let row = 0; row < to.length; row += width) {
    for (let i = 0, cell = start; i < width; i++, cell += step) to[row + i] = from[cell]!;
    for (let axis = last - 1; axis >= 0; axis--) {
      start += steps[axis]!;
      if (++at[axis]! < shape[axis]!) break;
      start -= steps[axis]! * shape[axis]!;
      at[axis] = 0;
    }
  }
}
