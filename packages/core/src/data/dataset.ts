import { sizeOfShape } from '../tensor/size-of-shape.ts';

/** What one sample's input looks like. */
export interface InputSpec {
  /** Shape of one sample, without the batch; `[]` for a number. */
  readonly shape: readonly number[];
  /** `int32` for indices, of words for instance: they go in as whole numbers. */
  readonly dtype: 'float32' | 'int32';
}

/**
 * Samples by row, column by column. Every reader gives one; kd reads rows in any order and many times.
 * `labels` maps a label space to one class index a row (-1: no label), or, for a space of values, to
 * `size × dimensions` numbers (NaN: no label).
 */
export interface Dataset {
  /** Number of samples. */
  readonly size: number;
  /** Names a sample for good, across files and orders: stored teacher signals are addressed by it. */
  id(row: number): string;
  /** By name, what each sample has. */
  readonly inputs: Readonly<Record<string, InputSpec>>;
  /** By label space; may be empty. */
  readonly labels: Readonly<Record<string, Int32Array | Float32Array>>;
  /** Label spaces that the data itself defines (a folder's names, a hierarchy of folders), to be used as `labels` of the config. */
  readonly spaces?: Readonly<Record<string, unknown>>;
  /** Samples that the reader was allowed to leave out, each with the reason; a run says so. */
  readonly leftOut?: readonly string[];
  /** Writes the rows' values of one input into `out`, one after the other. */
  read(input: string, rows: ArrayLike<number>, out: Float32Array | Int32Array): void | Promise<void>;
  /** sha256 of ids and inputs, where the reader knows it cheaply; kd hashes the labels by itself. Part of every fingerprint. */
  readonly hash?: string;
  /** Frees what it holds, e.g. open files. */
  close?(): Promise<void>;
}

/** The number of values of one sample. */
export function sizeOf({ shape }: Pick<InputSpec, 'shape'>): number {
  return sizeOfShape(shape);
}
