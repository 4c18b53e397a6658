import { z } from 'zod';
import { defineAlphaScheduler, type Strategy } from '../../plugin/strategy.ts';

export interface ConstantAlphaOptions {
  /** Weight of the labels, from 0 (teachers only) to 1 (labels only); default 0.5. */
  readonly alpha: number;
}

const options: z.ZodType<ConstantAlphaOptions> = z.strictObject({
  alpha: z.number().min(0).max(1).default(0.5),
});

/** The same α at every step (Hinton, Vinyals and Dean, 2015). */
export const constantAlpha: Strategy<'alpha', ConstantAlphaOptions, {}> = defineAlphaScheduler({
  name: 'constant',
  summary: 'The same α at every step.',
  options,
  create: ({ alpha }) => ({ label: String(alpha), init: () => null, value: () => ({ alpha }) }),
});
