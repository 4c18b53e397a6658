import type { SampledRows } from '../data/sampler.ts';

/** Splits a batch into parts of at most `rows` rows, of nearly the same size: labelled rows first, transfer rows after. */
export function partsOf(sampled: SampledRows, rows: number | undefined): readonly SampledRows[] {
  const { labelled, transfer, joint } = sampled;
  const all = rowsOf(sampled);
  const parts = rows === undefined ? 1 : Math.max(1, Math.ceil(all / rows));
  if (parts === 1) return [sampled];
  return Array.from({ length: parts }, (_, part) => {
    const [start, end] = [Math.floor((all * part) / parts), Math.floor((all * (part + 1)) / parts)];
    if (joint) return { joint, labelled: labelled.subarray(start, end), transfer: transfer.subarray(start, end) };
    const own = (from: number): number => Math.max(0, from - labelled.length);
    return { joint, labelled: labelled.subarray(start, end), transfer: transfer.subarray(own(start), own(end)) };
  });
}

/** How many rows go through the student. */
export function rowsOf({ labelled, transfer, joint }: SampledRows): number {
  return joint ? transfer.length : labelled.length + transfer.length;
}
