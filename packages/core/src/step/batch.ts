import type { NamedTensors } from '../tensor/named-tensors.ts';

/** Rows `[start, end)` of a batch. */
export type RowRange = readonly [start: number, end: number];

/**
 * Which rows of a batch carry labels and which carry teachers. Balanced batches have the labelled rows first and the
 * transfer rows after; a one-part batch has both ranges over all rows. A side that is not trained has no range.
 */
export interface BatchLayout {
  /** Of the whole batch. */
  readonly rows: number;
  readonly labelled: RowRange | undefined;
  readonly transfer: RowRange | undefined;
}

/**
 * A batch as tensors:
 * - `inputs/<name>` `[rows, ...]`
 * - `labels/<space>` int32 `[rows]` for each head and each hard term's granularity, -1 without a label (values:
 *   `[rows, dimensions]`, NaN without)
 * - `rows` int32 `[rows]`, positions in the data set
 * - `signals/<teacher>/<key>` `[transfer rows, ...]`
 */
export interface Batch {
  readonly layout: BatchLayout;
  readonly tensors: Readonly<NamedTensors>;
}

/** The number of rows in a range. */
export function lengthOf(range: RowRange | undefined): number {
  return range ? range[1] - range[0] : 0;
}
