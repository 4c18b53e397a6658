import type { TensorInfo } from '@tensorflow/tfjs-core';

/** A batch of matrices, one after the other; of one, that matrix serves every product. */
export interface Matrices {
  /** `[count, rows, columns]`, or `[count, columns, rows]` where each is to be transposed first. */
  readonly info: TensorInfo;
  readonly transpose: boolean;
}

/** What a product sums up: `[rows, inner]` by `[inner, columns]`. */
export interface ProductShape {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

export function countOf({ info }: Matrices): number {
  return info.shape[0]!;
}

/** How far a matrix's rows, and its columns, are apart, counted in numbers. */
export function stepsOf({ info, transpose }: Matrices): { readonly row: number; readonly column: number } {
  const width = info.shape[2]!;
  return transpose ? { row: 1, column: width } : { row: width, column: 1 };
}
