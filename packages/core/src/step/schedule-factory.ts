import type { Schedule } from './optimizers/schedules.ts';

/** Makes a schedule for a run of so many steps: → the factor of the learning rate at each step. */
export type ScheduleFactory = (steps: number) => Schedule;
