import { trainDefaults, type ResolvedConfig } from '@kd/core';

const { epochs, batchSize, labelledBatchSize, schedule, learningRate, optimizer } = trainDefaults;
/** Labels alone: every sample of a batch has one. */
const labelsAlone = { epochs, batchSize, optimizer: [optimizer, { learningRate }], schedule };

/** What a run uses where its config says nothing, by the path that would change it. */
export function defaultsOf({ registry, teacherTraining }: ResolvedConfig): Readonly<Record<string, unknown>> {
  return {
    name: 'default',
    'data.labelled': 'all',
    ...Object.fromEntries(Object.keys(teacherTraining).flatMap((id) => at(`teachers.${id}.train`, labelsAlone))),
    aggregation: 'mean',
    alpha: registry.has('alpha', 'referee') ? 'referee' : 'constant',
    memory: 'whole-batch',
    backend: 'auto',
    ...Object.fromEntries(at('train', { ...labelsAlone, labelledBatchSize, batches: 'auto' })),
    seed: 0,
    'distillationData.precision': 'float16',
    'compare.baseline': false,
    'compare.ceiling': false,
  };
}

function at(path: string, values: Readonly<Record<string, unknown>>): readonly [string, unknown][] {
  return Object.entries(values).map(([key, value]) => [`${path}.${key}`, value]);
}
