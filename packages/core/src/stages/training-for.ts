import type { TrainingSettings } from '../config/resolve-training.ts';
import type { StudentData } from '../data/student-data.ts';
import type { Objective } from '../objective/objective.ts';
import type { Training } from '../run/training.ts';

/** The settings with the batches' mode that fits the data: balanced as soon as some samples have no label. */
export function trainingFor({ batches, ...settings }: TrainingSettings, data: StudentData, objective: Objective): Training {
  const all = data.labelled.length === data.transfer.length;
  const mode = objective.alpha.perSample ? 'joint' : batches === 'auto' ? (all || data.labelled.length === 0 ? 'joint' : 'balanced') : batches;
  return { ...settings, mode };
}

/** Samples of a whole batch. */
export function batchRowsOf({ mode, batchSize, labelledBatchSize }: Training, { labelled }: StudentData): number {
  return mode === 'joint' || labelled.length === 0 ? batchSize : batchSize + labelledBatchSize;
}
