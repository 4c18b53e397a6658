import type { SampledRows, Sampler } from '../data/sampler.ts';
import type { StudentData } from '../data/student-data.ts';
import type { AlphaValue, Plain } from '../objective/alpha.ts';
import type { Objective } from '../objective/objective.ts';
import type { Schedule } from '../step/optimizers/schedules.ts';
import { countsOf } from './batch-counts.ts';
import type { Numbers, RunContext } from './hooks.ts';
import { stepKnobs } from './step-knobs.ts';
import type { Training } from './training.ts';

/** What a step is made of, before any tensor. */
export interface PlannedStep {
  readonly context: RunContext;
  readonly drawn: SampledRows;
  /** The rows whose side weighs something. */
  readonly sampled: SampledRows;
  /** Labels that may be trained on. */
  readonly labels: StudentData['labels'];
  readonly alpha: AlphaValue;
  /** α, learning rate and every other scalar of the step. */
  readonly knobs: Numbers;
}

export interface StepPlannerOptions {
  readonly objective: Objective;
  readonly training: Training;
  readonly schedule: Schedule;
  readonly sampler: Sampler;
  readonly visible: (released: boolean) => StudentData['labels'];
  /** Some labels are held out, until the probe releases them. */
  readonly holdsOut: boolean;
  readonly contextAt: (step: number) => RunContext;
}

/** Says what each step is made of: a function of its number and of what α's scheduler remembers by then. */
export class StepPlanner {
  readonly #options: StepPlannerOptions;
  #last: { readonly step: number; readonly alpha: Plain; readonly planned: PlannedStep } | undefined;

  constructor(options: StepPlannerOptions) {
    this.#options = options;
  }

  /** The same object when asked again for the same step. */
  at(step: number, alpha: Plain): PlannedStep {
    if (this.#last?.step !== step || this.#last.alpha !== alpha) this.#last = { step, alpha, planned: this.#plan(step, alpha) };
    return this.#last.planned;
  }

  /** The step with other knobs. */
  with(planned: PlannedStep, knobs: Numbers): PlannedStep {
    return { ...planned, knobs, sampled: sidesOf(planned.drawn, knobs['alpha']!, this.#options.objective) };
  }

  #plan(step: number, remembered: Plain): PlannedStep {
    const { objective, training: { optimizer, learningRate }, schedule, sampler, visible, holdsOut, contextAt } = this.#options;
    const context = contextAt(step);
    const { progress } = context;
    const released = !holdsOut || objective.alpha.probe!.released(remembered, progress);
    const drawn = sampler.rowsAt(step, released);
    const labels = visible(released);
    const alpha = objective.alpha.value(remembered, progress);
    const knobs = stepKnobs({ objective, optimizer, learningRate: learningRate * schedule(step), alpha, counts: countsOf(objective, drawn, labels), progress });
    return { context, drawn, sampled: sidesOf(drawn, knobs['alpha']!, objective), labels, alpha, knobs };
  }
}

/** A side that weighs nothing is not computed: labels alone while α is 1, teachers alone while it is 0. */
function sidesOf(drawn: SampledRows, alpha: number, { hard, soft, alpha: scheduler }: Objective): SampledRows {
  const weighsItself = scheduler.learned !== undefined || scheduler.perSample !== undefined || scheduler.needs?.gradients === true;
  if (drawn.joint || weighsItself) return drawn;
  const none = new Int32Array(0);
  const labelled = hard.length === 0 || (alpha === 0 && soft.length > 0) ? none : drawn.labelled;
  const transfer = soft.length === 0 || (alpha === 1 && labelled.length > 0) ? none : drawn.transfer;
  return { ...drawn, labelled, transfer };
}
