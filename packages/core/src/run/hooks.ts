import { AsyncSeriesBailHook, AsyncSeriesHook, AsyncSeriesWaterfallHook, SyncWaterfallHook } from 'tapable';
import type { Target } from '../knowledge/target.ts';
import type { Plain } from '../objective/alpha.ts';
import type { Progress } from '../objective/progress.ts';
import type { Batch } from '../step/batch.ts';
import type { LossTerm } from '../step/taps.ts';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import { attribute } from './attribute-taps.ts';

/** Named places in a hook's order; nobody writes a bare number. */
export const Stage: {
  /** Before those that say nothing. */
  readonly Early: -100;
  /** Where a tap stands that names no stage. */
  readonly Default: 0;
  /** After them: sees what they have changed. */
  readonly Late: 100;
  /** Last of all: for taps that look and change nothing. */
  readonly Observe: 1000;
} = { Early: -100, Default: 0, Late: 100, Observe: 1000 };

/** What a tap may know of the run besides its value. */
export interface RunContext {
  /** One of `stageNames`. */
  readonly stage: string;
  /** The training: `train-teachers/<id>`, `distill`, `distill/baseline`, `distill/ceiling`. */
  readonly unit: string;
  /** Where that training stands: the step under way. */
  readonly progress: Progress;
}

/** Numbers of one step or the means of one epoch. */
export type Numbers = Readonly<Record<string, number>>;

/** A plugin's own section of an evaluation, a checkpoint or the report, under its own name. */
export type Sections = Record<string, Plain>;

/** The moments of a run that plugins may tap, in the order in which they come. */
export interface Hooks {
  /** Once, before the first stage. */
  readonly runStart: AsyncSeriesHook<[{ readonly name: string; readonly seed: number }]>;
  /** Before each stage, also one that will find nothing to do: its name. */
  readonly stageStart: AsyncSeriesHook<[string]>;
  /** Before the first step of each epoch. */
  readonly epochStart: AsyncSeriesHook<[RunContext]>;
  /** Before the step: α, learning rate and all other knobs, as numbers. */
  readonly knobs: SyncWaterfallHook<[Numbers, RunContext]>;
  /** After every teacher has answered, or the store has: `<teacher>/<key>`. Tensors that are replaced are freed by kd. */
  readonly signals: AsyncSeriesWaterfallHook<[Readonly<NamedTensors>, RunContext]>;
  /** Before the step, with the signals in it: augmentation, mixup. Tensors that are replaced are freed by kd. */
  readonly batch: AsyncSeriesWaterfallHook<[Batch, RunContext]>;
  /** In the step, after aggregation: targets by term. */
  readonly targets: SyncWaterfallHook<[Readonly<Record<string, Target>>]>;
  /** In the gradient tape: add, drop or reweigh terms. */
  readonly lossTerms: SyncWaterfallHook<[readonly LossTerm[]]>;
  /** In the step: clip, project. */
  readonly gradients: SyncWaterfallHook<[Readonly<NamedTensors>]>;
  /** In the step: all-reduce across ranks. */
  readonly reduceGradients: SyncWaterfallHook<[Readonly<NamedTensors>]>;
  /** After the optimizer has moved the weights: what was seen; `NaN` where something is not known in this step. */
  readonly stepEnd: AsyncSeriesHook<[Numbers, RunContext]>;
  /** After the last step of each epoch: `epoch`, `step` and the means of its numbers. */
  readonly epochEnd: AsyncSeriesHook<[Numbers, RunContext]>;
  /** The first reason wins; training ends after this epoch. */
  readonly shouldStop: AsyncSeriesBailHook<[Numbers, RunContext], string | undefined>;
  /** Before a snapshot is saved; what was added comes again with the next one, also after a resume. */
  readonly checkpoint: AsyncSeriesWaterfallHook<[Sections, RunContext]>;
  /** After a training, once its model is judged. The student's sections are the report's first ones. */
  readonly evaluate: AsyncSeriesWaterfallHook<[Sections, RunContext]>;
  /** After each stage that was not cut off: its name. */
  readonly stageEnd: AsyncSeriesHook<[string]>;
  /** Once, after the last stage: the `sections` of the summary. */
  readonly report: AsyncSeriesWaterfallHook<[Sections]>;
  /** Exactly one of `runEnd` and `failed` is called. */
  readonly runEnd: AsyncSeriesHook<[Plain]>;
  /** The run could not go on, or was stopped. The error is thrown afterwards. */
  readonly failed: AsyncSeriesHook<[Error]>;
}

/** A run's hooks; all taps added to them are attributed to their plugin. */
export function createHooks(): Hooks {
  const hooks: Hooks = {
    runStart: new AsyncSeriesHook(['run']),
    stageStart: new AsyncSeriesHook(['stage']),
    epochStart: new AsyncSeriesHook(['context']),
    knobs: new SyncWaterfallHook(['knobs', 'context']),
    signals: new AsyncSeriesWaterfallHook(['signals', 'context']),
    batch: new AsyncSeriesWaterfallHook(['batch', 'context']),
    targets: new SyncWaterfallHook(['targets']),
    lossTerms: new SyncWaterfallHook(['terms']),
    gradients: new SyncWaterfallHook(['gradients']),
    reduceGradients: new SyncWaterfallHook(['gradients']),
    stepEnd: new AsyncSeriesHook(['stats', 'context']),
    epochEnd: new AsyncSeriesHook(['stats', 'context']),
    shouldStop: new AsyncSeriesBailHook(['stats', 'context']),
    checkpoint: new AsyncSeriesWaterfallHook(['sections', 'context']),
    evaluate: new AsyncSeriesWaterfallHook(['sections', 'context']),
    stageEnd: new AsyncSeriesHook(['stage']),
    report: new AsyncSeriesWaterfallHook(['sections']),
    runEnd: new AsyncSeriesHook(['summary']),
    failed: new AsyncSeriesHook(['error']),
  };
  for (const [name, hook] of Object.entries(hooks)) attribute(name, hook as never);
  return Object.freeze(hooks);
}
