import type { StoredTensor } from './dtypes.ts';
import { float16Table } from './float16.ts';

/** The first value that is NaN or an infinity, and its place in row-major order; undefined when all are numbers. */
export function firstNotFinite({ dtype, data }: StoredTensor): { readonly index: number; readonly value: number } | undefined {
  if (dtype !== 'float32' && dtype !== 'float64' && dtype !== 'float16') return undefined;
  const table = dtype === 'float16' ? float16Table() : undefined;
  for (let index = 0; index < data.length; index++) {
    const value = table ? table[data[index] as number]! : (data[index] as number);
    if (!Number.isFinite(value)) return { index, value };
  }
  return undefined;
}
