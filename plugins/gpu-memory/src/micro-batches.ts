import { defineMemoryPolicy, type Strategy } from '@kd/core';
import { z } from 'zod';
import { deviceFields, onDevice, type DeviceOptions } from './device-options.ts';
import { halve } from './halve.ts';

export interface MicroBatchesOptions extends DeviceOptions {
  /** The most rows of a batch that are computed at once; at least 1. */
  readonly rows: number;
  /** Activations are computed again in the backward pass instead of kept; default false. */
  readonly recompute: boolean;
}

const options: z.ZodType<MicroBatchesOptions> = z.strictObject({ rows: z.int().positive(), recompute: z.boolean().default(false), ...deviceFields });

/**
 * Promises that at most `rows` rows go through a model at once; gradients add up to the whole batch's, so the result
 * is the same but for rounding and batch norm. Teachers' answers are stored. Runs out of memory: halves, down to 1 row.
 */
export const microBatches: Strategy<'memory', MicroBatchesOptions, {}> = defineMemoryPolicy({
  name: 'micro-batches',
  summary: 'Batches in parts of at most so many rows; gradients accumulate.',
  options,
  create: ({ rows, recompute, ...settings }) => ({
    label: `at most ${rows} ${rows === 1 ? 'row' : 'rows'} at once, stored teachers${recompute ? ', recomputed activations' : ''}`,
    promise: `Never more than ${rows} ${rows === 1 ? 'row goes' : 'rows go'} through a model at once.`,
    ...onDevice(settings),
    plan: ({ batchRows }) => ({ ...(rows < batchRows ? { microBatch: rows } : {}), forwardRows: rows, ...(recompute ? { recompute } : {}) }),
    onExhausted: halve,
  }),
});
