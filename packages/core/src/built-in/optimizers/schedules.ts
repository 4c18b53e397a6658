import { z } from 'zod';
import { defineSchedule, type Strategy } from '../../plugin/strategy.ts';
import { createSchedule, type ScheduleName } from '../../step/optimizers/create-schedule.ts';

const factor = z.number().min(0);
const steps = z.int().positive();
const rise = { warmUp: z.int().nonnegative().optional(), warmUpFrom: factor.optional() };

const forms: { readonly [Name in ScheduleName]: { readonly summary: string; readonly options: z.ZodObject } } = {
  constant: { summary: 'The same learning rate throughout.', options: z.strictObject(rise) },
  cosine: { summary: 'Down half a cosine wave (Loshchilov and Hutter, 2017).', options: z.strictObject({ ...rise, steps: steps.optional(), min: factor.optional() }) },
  linear: { summary: 'In equal steps from one factor to another.', options: z.strictObject({ ...rise, steps: steps.optional(), from: factor.optional(), to: factor.optional() }) },
  step: { summary: 'Times gamma after every so many steps.', options: z.strictObject({ ...rise, every: steps, gamma: factor.optional() }) },
  'multi-step': { summary: 'Times gamma at each milestone.', options: z.strictObject({ ...rise, milestones: z.array(steps), gamma: factor.optional() }) },
  exponential: { summary: 'Times gamma after every step.', options: z.strictObject({ ...rise, gamma: factor }) },
};

/** Learning-rate schedules, each with an optional warm-up before it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each has options of its own type
export const schedules: readonly Strategy<'schedule', any, {}>[] = (Object.keys(forms) as ScheduleName[]).map((name) =>
  defineSchedule<any>({ // eslint-disable-line @typescript-eslint/no-explicit-any -- the form's schema types them
    name,
    summary: forms[name].summary,
    options: forms[name].options as never,
    create: (options) => (planned) => createSchedule(name, options, planned),
  }));
