import { defineMemoryPolicy } from '@kd/core';
import { z } from 'zod';

/** A batch in so many parts, whose gradients add up; in smaller ones should the memory not suffice. */
export const inParts = defineMemoryPolicy({
  name: 'in-parts',
  summary: 'Each batch in so many parts.',
  options: z.strictObject({ parts: z.int().positive().default(2) }),
  create: ({ parts }) => ({
    label: `in ${parts} parts`,
    plan: ({ batchRows }) => ({ microBatch: Math.ceil(batchRows / parts) }),
    onExhausted({ plan, batchRows }) {
      const rows = Math.floor((plan.microBatch ?? batchRows) / 2);
      return rows > 0 ? { ...plan, microBatch: rows } : undefined;
    },
  }),
});
