import type { Optimizer } from '../step/optimizers/optimizer.ts';
import type { Schedule } from '../step/optimizers/schedules.ts';

/** How a model is trained, resolved. */
export interface Training {
  readonly epochs: number;
  /** Transfer samples a step (all samples of a joint batch). */
  readonly batchSize: number;
  /** Labelled samples a step, drawn beside them in balanced batches. */
  readonly labelledBatchSize: number;
  /** `balanced`: labelled and transfer samples drawn apart; `joint`: every sample has both. */
  readonly mode: 'balanced' | 'joint';
  readonly optimizer: Optimizer;
  /** Before the schedule's factor. */
  readonly learningRate: number;
  /** Factor of the learning rate, made for the planned number of steps. */
  readonly schedule: (steps: number) => Schedule;
  /** Global norm to which gradients are scaled down; left out: they are not. */
  readonly clipNorm?: number | undefined;
  /** Steps between snapshots; an epoch's end always makes one. */
  readonly checkpointEvery?: number | undefined;
  /** Which weights it ends with; those of the best epoch, where epochs are judged and nothing is said. */
  readonly keep?: 'best' | 'last' | undefined;
  /** Epochs without a better one after which it ends. */
  readonly patience?: number | undefined;
}
