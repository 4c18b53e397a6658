import { defineAlphaScheduler } from '@kd/core';
import { z } from 'zod';

interface Lap {
  readonly alpha: number;
  /** The least soft loss so far, and the steps since. */
  readonly least: number;
  readonly waited: number;
}

/** Teachers begin; each time they have nothing more to give (`patience` steps without a lower loss), labels weigh more. */
export const relay = defineAlphaScheduler({
  name: 'relay',
  summary: 'From the teachers to the labels, a stage at a time.',
  options: z.strictObject({
    from: z.number().min(0).max(1).default(0.1),
    to: z.number().min(0).max(1).default(0.5),
    by: z.number().positive().default(0.1),
    patience: z.int().positive().default(30),
  }),
  create: ({ from, to, by, patience }) => ({
    label: `relay ${from}→${to}`,
    // The state is plain data: it is stored in each checkpoint, and a run that is resumed goes on with it.
    init: () => ({ alpha: from, least: Number.MAX_VALUE, waited: 0 }),
    value: (state) => ({ alpha: (state as unknown as Lap).alpha }),
    update(state, { soft }) {
      const { alpha, least, waited } = state as unknown as Lap;
      if (soft === 0) return state; // a batch without teachers
      if (soft < least) return { alpha, least: soft, waited: 0 };
      if (waited + 1 < patience) return { alpha, least, waited: waited + 1 };
      return { alpha: Math.min(alpha + by, Math.max(from, to)), least, waited: 0 };
    },
  }),
});
