import { isExhaustion } from './exhaustion.ts';

/**
 * Does some work on rows `[0, rows)`, so many at once. Where memory runs out, the same rows are taken again in halves, and
 * the rest in parts of that size; with one row at once the error stands.
 *
 * @param work repeatable: it may be asked about the same rows again
 */
export async function inParts(rows: number, atOnce: number, work: (start: number, end: number) => Promise<void>): Promise<void> {
  let most = Math.max(1, atOnce);
  for (let start = 0; start < rows;) {
    const end = Math.min(rows, start + most);
    try {
      await work(start, end);
      start = end;
    } catch (error) {
      if (end - start === 1 || !isExhaustion(error)) throw error;
      most = Math.ceil((end - start) / 2);
    }
  }
}
