import type { ScheduleFactory } from '../step/schedule-factory.ts';
import { finiteNumber, type Refuse } from './refuse.ts';

/** The same schedule; its factors are checked. */
export function checkedSchedule(factory: ScheduleFactory, refuse: Refuse): ScheduleFactory {
  return (steps) => {
    const schedule = factory(steps);
    return (step) => finiteNumber(schedule(step), 'its factor', step, refuse);
  };
}
