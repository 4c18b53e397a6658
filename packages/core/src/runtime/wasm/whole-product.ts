import { upcastType } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { countOf, stepsOf, type Matrices, type ProductShape } from './matrices.ts';

/** Products of matrices of whole numbers or truths, `[batch, rows, columns]`; the native kernel multiplies floats alone. */
export function wholeProduct(backend: BackendWasm, a: Matrices, b: Matrices, { rows, inner, columns }: ProductShape): TensorInfo {
  const batch = Math.max(countOf(a), countOf(b));
  const [ofA, ofB] = [stepsOf(a), stepsOf(b)];
  const result = backend.makeOutput([batch, rows, columns], upcastType(a.info.dtype, b.info.dtype));
  const [left, right, to] = [a.info, b.info, result].map((info) => backend.typedArrayFromHeap(info)) as [Int32Array, Int32Array, Int32Array];
  let at = 0;
  for (let index = 0; index < batch; index++) {
    const startOfA = (index % countOf(a)) * rows * inner;
    const startOfB = (index % countOf(b)) * inner * columns;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let i = 0; i < inner; i++) sum += left[startOfA + row * ofA.row + i * ofA.column]! * right[startOfB + i * ofB.row + column * ofB.column]!;
        to[at++] = sum;
      }
    }
  }
  return result;
}
