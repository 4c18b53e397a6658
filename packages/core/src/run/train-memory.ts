import type { Plain } from '../objective/alpha.ts';
import type { Best } from './best-epoch.ts';
import type { EpochSums } from './epoch-means.ts';
import type { Sections } from './hooks.ts';
import type { MemoryPlan } from './memory-policy.ts';
import type { EpochNumbers } from './trained.ts';

/** What a training remembers between steps besides tensors; a snapshot keeps it. */
export interface TrainMemory {
  step: number;
  alpha: Plain;
  plan: MemoryPlan;
  sums: EpochSums;
  history: EpochNumbers[];
  sections: Sections;
  best?: Best | undefined;
  /** Why training ended before its last epoch. */
  stopped?: string | undefined;
}
