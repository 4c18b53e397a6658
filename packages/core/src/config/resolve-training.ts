import type { Registry } from '../plugin/registry.ts';
import type { Spec } from '../plugin/strategy.ts';
import type { Training } from '../run/training.ts';
import type { TrainConfig } from './config.ts';

export const trainDefaults: { readonly epochs: number; readonly batchSize: number; readonly labelledBatchSize: number; readonly optimizer: Spec; readonly schedule: Spec; readonly learningRate: number } = {
  epochs: 10, batchSize: 128, labelledBatchSize: 64, optimizer: 'adamw', schedule: 'cosine', learningRate: 1e-3,
};

/** A training's settings without its batches' mode, which depends on the data. */
export type TrainingSettings = Omit<Training, 'mode'> & { readonly batches: 'auto' | 'balanced' | 'joint' };

/** @param where the config's place, for messages, e.g. `train` */
export function resolveTraining(config: TrainConfig, registry: Registry, where: string): TrainingSettings {
  const [name, given] = splitSpec(config.optimizer ?? trainDefaults.optimizer);
  const { learningRate = trainDefaults.learningRate, ...own } = given as { learningRate?: number };
  return {
    epochs: config.epochs ?? trainDefaults.epochs,
    batchSize: config.batchSize ?? trainDefaults.batchSize,
    labelledBatchSize: config.labelledBatchSize ?? trainDefaults.labelledBatchSize,
    batches: config.batches ?? 'auto',
    optimizer: registry.resolve('optimizer', [name, own], `${where}.optimizer`),
    learningRate,
    schedule: registry.resolve('schedule', config.schedule ?? trainDefaults.schedule, `${where}.schedule`),
    clipNorm: config.clipNorm,
    checkpointEvery: config.checkpointEvery,
  };
}

function splitSpec(spec: Spec): readonly [name: string, options: object] {
  return typeof spec === 'string' ? [spec, {}] : [spec[0], (spec[1] ?? {}) as object];
}
