import { z } from 'zod';
import { defineAlphaScheduler, type Strategy } from '../../plugin/strategy.ts';

const unit = z.number().min(0).max(1);
export interface ScheduledAlphaOptions {
  readonly form: 'linear' | 'cosine' | 'exponential' | 'step' | 'multi-step' | 'polynomial';
  /** α at step 0; default 0.9. */
  readonly from: number;
  /** Where `linear` and `cosine` end; default 0.1. */
  readonly to: number;
  /** Steps until `to`; the run's planned steps when left out. */
  readonly steps?: number | undefined;
  /** Factor of `exponential` (each step), `step` and `multi-step` (each stage). */
  readonly gamma: number;
  /** Steps of a stage of `step`. */
  readonly every: number;
  readonly milestones: readonly number[];
  /** Exponent of `polynomial`. */
  readonly power: number;
}

const options: z.ZodType<ScheduledAlphaOptions> = z.strictObject({
  form: z.enum(['linear', 'cosine', 'exponential', 'step', 'multi-step', 'polynomial']).default('linear'),
  from: unit.default(0.9),
  to: unit.default(0.1),
  steps: z.int().positive().optional(),
  gamma: z.number().positive().max(1).default(0.5),
  every: z.int().positive().default(100),
  milestones: z.array(z.int().nonnegative()).default([]),
  power: z.number().positive().default(1),
});

/** α as a function of the step: labels first and teachers later, or the other way round. */
export const scheduledAlpha: Strategy<'alpha', ScheduledAlphaOptions, {}> = defineAlphaScheduler({
  name: 'schedule',
  summary: 'α that moves along a fixed curve.',
  options,
  create: (given) => ({
    label: `${given.form} ${given.from}→${given.to}`,
    init: ({ steps }) => given.steps ?? steps,
    value: (steps, { step }) => ({ alpha: alphaAt(given, step, steps as number) }),
  }),
});

function alphaAt({ form, from, to, gamma, every, milestones, power }: ScheduledAlphaOptions, step: number, steps: number): number {
  const done = Math.min(step / steps, 1);
  switch (form) {
    case 'linear':
      return from + (to - from) * done;
    case 'cosine':
      return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * done));
    case 'exponential':
      return from * gamma ** step;
    case 'step':
      return from * gamma ** Math.floor(step / every);
    case 'multi-step':
      return from * gamma ** milestones.filter((milestone) => milestone <= step).length;
    case 'polynomial':
      return from * (1 - done) ** power;
  }
}
