import type { Step } from '../step/step.ts';
import type { TakenStep } from '../step/taken-step.ts';
import { disposeAll, type NamedTensors } from '../tensor/named-tensors.ts';
import type { BatchMaker } from './batch-maker.ts';
import { BatchesAhead, sameRows } from './batches-ahead.ts';
import { isExhaustion } from './exhaustion.ts';
import type { KnobTensors } from './step-knobs.ts';
import type { PlannedStep } from './step-planner.ts';
import type { StepRandom } from './step-random.ts';

export interface StepsAheadOptions {
  readonly step: Step;
  readonly maker: BatchMaker;
  readonly knobs: KnobTensors;
  readonly random: StepRandom;
}

/** A step that was taken, and may still run. */
export interface BegunStep extends TakenStep {
  /** Frees what it was made of, and its stats. */
  free(): void;
}

/** What will probably be asked for next. */
interface Guess {
  readonly planned: PlannedStep;
  /** The step itself, from the state that it was begun with, or what it failed with. */
  readonly begun?: { readonly state: Readonly<NamedTensors>; readonly step: BegunStep } | { readonly state: Readonly<NamedTensors>; readonly failed: unknown };
}

/**
 * Steps over whole batches, of which the next may be begun while one still runs: as long as what was foreseen comes to
 * pass. Where plugins or α change a step in the last moment, only its batch is made ahead.
 */
export class StepsAhead {
  readonly #options: StepsAheadOptions;
  readonly #batches: BatchesAhead;
  #guess: Guess | undefined;
  #foreseen = true;

  constructor(options: StepsAheadOptions) {
    this.#options = options;
    this.#batches = new BatchesAhead(options.maker);
  }

  /** The step begun ahead, where it is this one; throws what that failed with. */
  async take(state: Readonly<NamedTensors>, planned: PlannedStep): Promise<BegunStep> {
    const guess = this.#guess;
    if (guess) this.#foreseen = isSame(guess.planned, planned);
    if (!this.#foreseen || guess?.begun?.state !== state) {
      this.#drop();
      return this.#begin(state, planned);
    }
    this.#guess = undefined;
    if ('failed' in guess.begun) throw guess.begun.failed;
    return guess.begun.step;
  }

  /**
   * Begins what will probably be asked for next. What cannot be begun fails when it is asked for, except where memory is
   * too short for two steps at once.
   *
   * @param state what the step will start from; undefined where nobody knows yet
   */
  async begin(state: Readonly<NamedTensors> | undefined, planned: PlannedStep): Promise<void> {
    this.#drop();
    this.#guess = { planned };
    if (!state || !this.#foreseen) return this.#batches.makeNext(planned);
    try {
      this.#guess = { planned, begun: { state, step: await this.#begin(state, planned) } };
    } catch (failed) {
      if (!isExhaustion(failed)) this.#guess = { planned, begun: { state, failed } };
    }
  }

  async #begin(state: Readonly<NamedTensors>, { sampled, labels, context, knobs: numbers }: PlannedStep): Promise<BegunStep> {
    const { step, knobs, random } = this.#options;
    const batch = await this.#batches.make(sampled, labels, context);
    const drawing = random.begin(context.progress.step, 1);
    const made = [batch.tensors, drawing.knobs];
    try {
      const taken = step.take(state, batch, { ...knobs.of(numbers), ...drawing.knobs }, drawing.source);
      return { ...taken, free: () => [...made, { stats: taken.stats }].forEach(disposeAll) };
    } catch (error) {
      made.forEach(disposeAll);
      throw error;
    }
  }

  /** Frees what nobody came for. */
  dispose(): void {
    this.#drop();
    this.#batches.dispose();
  }

  #drop(): void {
    const begun = this.#guess?.begun;
    this.#guess = undefined;
    if (!begun || 'failed' in begun) return;
    begun.step.reject();
    begun.step.free();
  }
}

function isSame(a: PlannedStep, b: PlannedStep): boolean {
  const names = Object.keys(a.knobs);
  return a.context.progress.step === b.context.progress.step && a.labels === b.labels && sameRows(a.sampled, b.sampled)
    && names.length === Object.keys(b.knobs).length && names.every((name) => Object.is(a.knobs[name], b.knobs[name]));
}
