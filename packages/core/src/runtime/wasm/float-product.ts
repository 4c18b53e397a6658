import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { floats, makeFloats } from './kernel-calls.ts';
import { countOf, stepsOf, type Matrices, type ProductShape } from './matrices.ts';
import { multiplierOf } from './multiplier.ts';

const BYTES = 4;

/**
 * Products of matrices of floats, `[batch, rows, columns]`, by kd's own module, which walks over transposed matrices as they lie.
 * Undefined where it does not run.
 */
export function floatProduct(backend: BackendWasm, a: Matrices, b: Matrices, { rows, inner, columns }: ProductShape): TensorInfo | undefined {
  const multiply = multiplierOf(backend);
  if (!multiply) return undefined;
  const batch = Math.max(countOf(a), countOf(b));
  const result = makeFloats(backend, [batch, rows, columns]);
  const [startOfA, startOfB, start] = [a.info, b.info, result].map((info) => floats(backend, info).byteOffset) as [number, number, number];
  const [ofA, ofB] = [stepsOf(a), stepsOf(b)];
  // Many left matrices times one right matrix are one tall matrix times it.
  const isTall = countOf(b) === 1 && !a.transpose;
  const [products, height] = isTall ? [1, batch * rows] : [batch, rows];
  for (let index = 0; index < products; index++) {
    multiply(
      startOfA + (countOf(a) === 1 ? 0 : index * BYTES * rows * inner), BYTES * ofA.row, BYTES * ofA.column,
      startOfB + (countOf(b) === 1 ? 0 : index * BYTES * inner * columns), BYTES * ofB.row, BYTES * ofB.column,
      start + index * BYTES * rows * columns, height, inner, columns,
    );
  }
  return result;
}
