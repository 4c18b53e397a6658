import { upcastType } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** Matrices, a batch of them, and how to walk over one: of each row and column the distance to the next. */
export interface Matrices {
  readonly info: TensorInfo;
  readonly count: number;
  readonly rowStep: number;
  readonly columnStep: number;
}

/** Products of matrices of whole numbers or truths, `[batch, rows, columns]`; the native kernel multiplies floats alone. */
export function wholeProduct(backend: BackendWasm, a: Matrices, b: Matrices, [rows, inner, columns]: readonly [number, number, number]): TensorInfo {
  const batch = Math.max(a.count, b.count);
  const result = backend.makeOutput([batch, rows, columns], upcastType(a.info.dtype, b.info.dtype));
  const [left, right, to] = [a.info, b.info, result].map((info) => backend.typedArrayFromHeap(info)) as [Int32Array, Int32Array, Int32Array];
  let at = 0;
  for (let index = 0; index < batch; index++) {
    const startOfA = (index % a.count) * rows * inner;
    const startOfB = (index % b.count) * inner * columns;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let i = 0; i < inner; i++) sum += left[startOfA + row * a.rowStep + i * a.columnStep]! * right[startOfB + i * b.rowStep + column * b.columnStep]!;
        to[at++] = sum;
      }
    }
  }
  return result;
}
