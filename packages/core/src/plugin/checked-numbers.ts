import type { AlphaScheduler, AlphaValue, Plain } from '../objective/alpha.ts';
import type { Loss } from '../objective/loss.ts';
import type { ScheduleFactory } from '../step/schedule-factory.ts';
import { notPlain } from './not-plain.ts';
import { finiteKnobs, finiteNumber, kindOf, type Refuse } from './refuse.ts';

/** The same loss; its knobs are checked, for TensorFlow.js would fail at them and name neither the loss nor the knob. */
export function checkedLoss(loss: Loss, refuse: Refuse): Loss {
  if (!loss.knobs) return loss;
  const { role, needs, joinsSamples, label, temperature } = loss;
  return {
    role,
    ...(needs && { needs }), ...(joinsSamples === undefined ? {} : { joinsSamples }), ...(label === undefined ? {} : { label }), ...(temperature === undefined ? {} : { temperature }),
    ...(loss.state && { state: (facts) => loss.state!(facts) }),
    knobs: (progress) => finiteKnobs(loss.knobs!(progress), progress.step, refuse),
    compute: (input, context) => loss.compute(input, context),
    ...(loss.valueAndSlope && { valueAndSlope: (input, context) => loss.valueAndSlope!(input, context) }),
  };
}

/** The same schedule; its factors are checked. */
export function checkedSchedule(factory: ScheduleFactory, refuse: Refuse): ScheduleFactory {
  return (steps) => {
    const schedule = factory(steps);
    return (step) => finiteNumber(schedule(step), 'its factor', step, refuse);
  };
}

/** The same scheduler of α; its α and trust are checked, and whether its state can be saved. */
export function checkedAlpha(scheduler: AlphaScheduler, refuse: Refuse): AlphaScheduler {
  const { label, needs, probe, learned } = scheduler;
  const savable = (state: Plain, from: string): Plain => {
    const problem = notPlain(state, 'its state');
    return problem === undefined ? state : refuse(`${from}: ${problem}, which JSON cannot hold; a state is plain data, or null`);
  };
  return {
    label,
    ...(needs && { needs }), ...(probe && { probe }), ...(learned && { learned }),
    init: (facts) => savable(scheduler.init(facts), 'init'),
    value: (state, progress) => {
      const value: unknown = scheduler.value(state, progress);
      if (typeof value !== 'object' || value === null) return refuse(`value gave ${kindOf(value)} at step ${progress.step}, expected { alpha }`);
      const { alpha, trust = {} } = value as Partial<AlphaValue>;
      finiteNumber(alpha, 'its alpha', progress.step, refuse);
      for (const [term, weight] of Object.entries(trust)) finiteNumber(weight, `its trust in '${term}'`, progress.step, refuse);
      return value as AlphaValue;
    },
    ...(scheduler.update && { update: (state, observed) => savable(scheduler.update!(state, observed), `update at step ${observed.progress.step}`) }),
    ...(scheduler.perSample && { perSample: (input) => scheduler.perSample!(input) }),
  };
}
