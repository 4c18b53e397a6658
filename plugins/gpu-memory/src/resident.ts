import { defineMemoryPolicy, kdError, type Strategy } from '@kd/core';
import { z } from 'zod';
import { deviceFields, onDevice, type DeviceOptions } from './device-options.ts';
import { halve } from './halve.ts';

export interface ResidentOptions extends DeviceOptions {
  /** Teachers that stay in memory; may be empty. */
  readonly teachers: readonly string[];
  /** Activations are computed again in the backward pass instead of kept; default false. */
  readonly recompute: boolean;
}

const options: z.ZodType<ResidentOptions> = z.strictObject({ teachers: z.array(z.string()), recompute: z.boolean().default(false), ...deviceFields });

/**
 * Promises that of the teachers only these stay in memory, and of the others one at a time: all answer live, for each
 * batch. For teachers whose answers can't be stored, e.g. on samples that are augmented anew. Runs out of memory: halves
 * the micro-batch, down to 1 row. Throws `KD_STRATEGY_OPTIONS` for a teacher that the run does not have.
 */
export const resident: Strategy<'memory', ResidentOptions, {}> = defineMemoryPolicy({
  name: 'resident',
  summary: 'Live teachers: the named ones stay in memory, the others are opened for their turn.',
  options,
  create: ({ teachers, recompute, ...settings }) => ({
    label: `live teachers, ${teachers.length > 0 ? teachers.join(', ') : 'none'} resident`,
    promise: `While the student trains, ${teachers.length > 0 ? `${teachers.join(', ')} and one other teacher` : 'one teacher'} at most ${teachers.length > 0 ? 'are' : 'is'} in memory.`,
    ...onDevice(settings),
    plan(estimate) {
      const known = estimate.teachers.map(({ id }) => id);
      const problems = teachers.filter((id) => !known.includes(id)).map((id) => `teachers: there is no teacher '${id}', only ${known.join(', ') || '(none)'}`);
      if (problems.length > 0) throw kdError('KD_STRATEGY_OPTIONS', { kind: 'memory', name: 'resident', problems, where: 'memory' });
      return { teachers: 'live', resident: [...new Set(teachers)], ...(recompute ? { recompute } : {}) };
    },
    onExhausted: halve,
  }),
});
