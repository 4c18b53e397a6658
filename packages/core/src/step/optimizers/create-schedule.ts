import { constant, cosine, exponential, linear, multiStep, step, warmUp, type Schedule } from './schedules.ts';

/** The schedules by the names that a config uses, with each one's own options. */
export interface ScheduleOptions {
  constant: object;
  cosine: { steps?: number; min?: number };
  linear: { steps?: number; from?: number; to?: number };
  step: { every: number; gamma?: number };
  'multi-step': { milestones: readonly number[]; gamma?: number };
  exponential: { gamma: number };
}

export type ScheduleName = keyof ScheduleOptions;

export interface WarmUpOptions {
  /** Steps over which the learning rate rises before the schedule begins; default 0. */
  readonly warmUp?: number;
  /** The factor that the rise begins at; default one step of the rise. */
  readonly warmUpFrom?: number;
}

const makers: { readonly [Name in ScheduleName]: (options: ScheduleOptions[Name] & { steps: number }) => Schedule } = {
  constant, cosine, linear, step, 'multi-step': multiStep, exponential,
};

export const scheduleNames: readonly ScheduleName[] = Object.keys(makers) as ScheduleName[];

/**
 * The schedule of that name. `steps` is what is left of the run's `plannedSteps` after the warm-up unless it is given; a
 * given number counts from the end of the warm-up too.
 */
export function createSchedule<Name extends ScheduleName>(name: Name, options: ScheduleOptions[Name] & WarmUpOptions, plannedSteps: number): Schedule {
  const { warmUp: rising = 0, warmUpFrom } = options;
  const schedule = makers[name]({ steps: plannedSteps - rising, ...options });
  if (rising === 0) return schedule;
  return warmUp(warmUpFrom === undefined ? { steps: rising } : { steps: rising, from: warmUpFrom }, schedule);
}
