import { sizeOf } from '@kd/core';
import { toFloat16Bits } from '../safetensors/float16.ts';
import type { StoredTensor } from '../safetensors/dtypes.ts';
import { openSafetensors } from '../safetensors/read-safetensors.ts';
import type { StoredKey, TeacherEntry } from './store-index.ts';

type Values = Uint16Array | Float32Array | Int32Array | Uint8Array;

/** One key of a teacher's answers while a shard of them comes together. */
export interface ShardColumn {
  readonly key: string;
  readonly spec: StoredKey;
  /** Values of one sample. */
  readonly width: number;
  /** Room for a whole shard, in the form in which it is stored. */
  readonly values: Values;
}

/** A column for each key. @param rows samples of a whole shard */
export function columnsFor(keys: TeacherEntry['keys'], rows: number): readonly ShardColumn[] {
  return Object.entries(keys).map(([key, spec]) => ({ key, spec, width: sizeOf(spec), values: roomFor(spec, rows * sizeOf(spec)) }));
}

/** Takes over the answers for `rows` samples, from sample `from` of what was given to row `at` of the shard. */
export function fillColumn({ spec, width, values }: ShardColumn, given: ArrayLike<number>, from: number, rows: number, at: number): void {
  const [start, to, count] = [from * width, at * width, rows * width];
  if (spec.dtype === 'float16') for (let i = 0; i < count; i++) values[to + i] = toFloat16Bits(given[start + i]!);
  else for (let i = 0; i < count; i++) values[to + i] = given[start + i]!;
}

/** The rows of an unfinished shard, as they were stored, at the columns' start. */
export function readBack(path: string, columns: readonly ShardColumn[]): void {
  const shard = openSafetensors(path);
  try {
    for (const { key, values } of columns) values.set(shard.read(key).data as Values);
  } finally {
    shard.close();
  }
}

/** The first rows of the columns, as tensors to be written. */
export function tensorsIn(columns: readonly ShardColumn[], rows: number): Readonly<Record<string, StoredTensor>> {
  return Object.fromEntries(columns.map(({ key, spec, width, values }) => [key, { dtype: spec.dtype, shape: [rows, ...spec.shape], data: values.subarray(0, rows * width) }]));
}

function roomFor({ dtype }: StoredKey, length: number): Values {
  switch (dtype) {
    case 'float16': case 'uint16': return new Uint16Array(length);
    case 'float32': return new Float32Array(length);
    case 'int32': return new Int32Array(length);
    case 'uint8': return new Uint8Array(length);
  }
}
