import { defineMemoryPolicy, type Strategy } from '@kd/core';
import { z } from 'zod';
import { halve } from './halve.ts';

export interface MicroBatchesOptions {
  /** The most rows of a batch that are computed at once; at least 1. */
  readonly rows: number;
}

const options: z.ZodType<MicroBatchesOptions> = z.strictObject({ rows: z.int().positive() });

/**
 * Promises that at most `rows` rows go through the student at once; gradients add up to the whole batch's, so the result
 * is the same but for rounding and batch norm. Teachers' answers are stored. Runs out of memory: halves, down to 1 row.
 */
export const microBatches: Strategy<'memory', MicroBatchesOptions, {}> = defineMemoryPolicy({
  name: 'micro-batches',
  summary: 'Batches in parts of at most so many rows; gradients accumulate.',
  options,
  create: ({ rows }) => ({
    label: `at most ${rows} ${rows === 1 ? 'row' : 'rows'} at once, stored teachers`,
    plan: ({ batchRows }) => (rows < batchRows ? { microBatch: rows } : {}),
    onExhausted: halve,
  }),
});
