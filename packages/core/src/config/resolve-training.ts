import { kdError } from '../errors/kd-error.ts';
import type { Registry } from '../plugin/registry.ts';
import { nameIn, optionsIn, type Spec } from '../plugin/spec.ts';
import type { Training } from '../run/training.ts';
import type { TrainConfig } from './config.ts';
import type { Mistakes } from './mistakes.ts';

export const trainDefaults: { readonly epochs: number; readonly batchSize: number; readonly labelledBatchSize: number; readonly optimizer: Spec; readonly schedule: Spec; readonly learningRate: number } = {
  epochs: 10, batchSize: 128, labelledBatchSize: 64, optimizer: 'adamw', schedule: 'cosine', learningRate: 1e-3,
};

/** A training's settings without its batches' mode, which depends on the data. */
export type TrainingSettings = Omit<Training, 'mode'> & { readonly batches: 'auto' | 'balanced' | 'joint' };

/** @param where the config's place, for messages, e.g. `train` */
export function resolveTraining(config: TrainConfig, registry: Registry, where: string, mistakes: Mistakes): TrainingSettings | undefined {
  const optimizing = mistakes.attempt(() => resolveOptimizer(config.optimizer ?? trainDefaults.optimizer, registry, where));
  const schedule = mistakes.attempt(() => registry.resolve('schedule', config.schedule ?? trainDefaults.schedule, `${where}.schedule`));
  return optimizing && schedule && {
    epochs: config.epochs ?? trainDefaults.epochs,
    batchSize: config.batchSize ?? trainDefaults.batchSize,
    labelledBatchSize: config.labelledBatchSize ?? trainDefaults.labelledBatchSize,
    batches: config.batches ?? 'auto',
    ...optimizing,
    schedule,
    clipNorm: config.clipNorm,
    checkpointEvery: config.checkpointEvery,
    keep: config.keep,
    patience: config.patience,
  };
}

/** The learning rate stands among the optimizer's options, but is the trainer's. */
function resolveOptimizer(spec: Spec, registry: Registry, where: string): Pick<TrainingSettings, 'optimizer' | 'learningRate'> {
  const [name, given] = [nameIn(spec), optionsIn(spec) ?? {}];
  const { learningRate = trainDefaults.learningRate, ...own } = optionsOf(name, given, `${where}.optimizer`);
  if (typeof learningRate !== 'number' || !(learningRate >= 0 && Number.isFinite(learningRate))) {
    throw kdError('KD_STRATEGY_OPTIONS', { kind: 'optimizer', name, where: `${where}.optimizer`, problems: [`learningRate: expected a number of at least 0, received ${String(learningRate)}`] });
  }
  return { optimizer: registry.resolve('optimizer', [name, own], `${where}.optimizer`), learningRate };
}

function optionsOf(name: string, options: unknown, where: string): { readonly learningRate?: unknown } {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return options;
  throw kdError('KD_STRATEGY_OPTIONS', { kind: 'optimizer', name, where, problems: [`expected options by name, received ${typeof options}`] });
}
