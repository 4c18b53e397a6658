import type { StudentData } from '../data/student-data.ts';
import type { SignalSource } from '../knowledge/signal-source.ts';
import type { BoundInputs } from '../model/bind-inputs.ts';
import type { Model } from '../model/model.ts';
import type { Objective } from '../objective/objective.ts';
import type { Backend } from '../runtime/backend.ts';
import type { Random } from '../tensor/random.ts';
import type { Validation } from './best-epoch.ts';
import type { Hooks } from './hooks.ts';
import type { MemoryPlan, MemoryPolicy } from './memory-policy.ts';
import type { Reporter } from './reporter.ts';
import type { SnapshotSlot } from './snapshot.ts';
import type { StopSignal } from './stop-signal.ts';
import type { Training } from './training.ts';

/** All that a training is made of. */
export interface TrainOptions {
  readonly stage: string;
  /** Names this training within its stage: its random draws, snapshots and progress. */
  readonly unit: string;
  readonly student: Model;
  readonly objective: Objective;
  readonly data: StudentData;
  readonly inputs: BoundInputs;
  /** The teachers; undefined where there are none. */
  readonly source: SignalSource | undefined;
  readonly training: Training;
  readonly random: Random;
  readonly hooks: Hooks;
  readonly reporter: Reporter;
  readonly stop: StopSignal;
  readonly slot: SnapshotSlot;
  readonly memory: { readonly policy: MemoryPolicy; readonly plan: MemoryPlan };
  readonly teacherFeatures: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
  /** What computes; a step is compiled where it can. Left out: TensorFlow.js as it is. */
  readonly backend?: Backend | undefined;
  /** Judges the student after each epoch. */
  readonly validation?: Validation | undefined;
}
