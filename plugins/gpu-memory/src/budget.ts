import { defineMemoryPolicy, kdError, type Strategy } from '@kd/core';
import { z } from 'zod';
import { choosePlan } from './choose-plan.ts';
import { deviceFields, onDevice, type DeviceOptions } from './device-options.ts';
import { halve } from './halve.ts';
import { formatSize, size } from './size.ts';

export interface BudgetOptions extends DeviceOptions {
  /** The most that the run may hold, in bytes; a config may write `'512MB'` or `'1.5 GiB'`. */
  readonly limit: number;
  /**
   * `stored`: teachers answer once, before training. `live`: they answer for each batch, and as many as fit stay open.
   * `auto` (the default): stored if `leastRows` rows fit beside the answers, else live if that makes more room.
   */
  readonly teachers: 'auto' | 'stored' | 'live';
  /** Activations are computed again in the backward pass: always, never, or (`auto`, the default) where too few rows fit else. */
  readonly recompute: 'auto' | boolean;
  /** Rather holds teachers and activations in a slower way than computes fewer rows at once than this; default 8. */
  readonly leastRows: number;
}

const options: z.ZodType<BudgetOptions> = z.strictObject({
  limit: size,
  teachers: z.enum(['auto', 'stored', 'live']).default('auto'),
  recompute: z.union([z.literal('auto'), z.boolean()]).default('auto'),
  leastRows: z.int().positive().default(8),
  ...deviceFields,
});

/**
 * Promises that the run's estimated peak is within `limit`, in as few parts a batch as that allows. Fails before training
 * if not even one row fits. The estimate knows shapes, not what a backend caches: runs out of memory all the same, then
 * halves the micro-batch, down to 1 row. Throws `KD_MEMORY_BUDGET`.
 */
export const budget: Strategy<'memory', BudgetOptions, {}> = defineMemoryPolicy({
  name: 'budget',
  summary: 'The largest micro-batch and the fastest way to hold teachers and activations within a number of bytes.',
  options,
  create: (given) => ({
    label: `within ${formatSize(given.limit)}`,
    promise: `By the estimate, never more than ${formatSize(given.limit)} at once${given.hardLimit === undefined ? '' : `; the runtime itself stops at ${formatSize(given.hardLimit)}`}.`,
    boundsBytes: true,
    ...onDevice(given),
    plan(estimate) {
      const plan = choosePlan(estimate, given);
      if (!('needed' in plan)) return plan;
      throw kdError('KD_MEMORY_BUDGET', {
        limit: formatSize(given.limit),
        needed: formatSize(plan.needed),
        student: formatSize(estimate.studentBytes),
        row: formatSize(Math.min(estimate.bytesPerRow, given.recompute === false ? Infinity : (estimate.recomputedBytesPerRow ?? Infinity))),
        teacher: formatSize(Math.max(0, ...estimate.teachers.map(({ bytes }) => bytes))),
      });
    },
    onExhausted: halve,
  }),
});
