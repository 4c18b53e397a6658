import { trainDefaults, type ResolvedConfig } from '@kd/core';

/** What a run uses where its config says nothing, by the path that would change it. */
export function defaultsOf({ registry, teacherTraining }: ResolvedConfig): Readonly<Record<string, unknown>> {
  return {
    name: 'default',
    'data.labelled': 'all',
    ...Object.assign({}, ...Object.keys(teacherTraining).map((id) => trainingAt(`teachers.${id}.train`))) as Record<string, unknown>,
    aggregation: 'mean',
    alpha: registry.has('alpha', 'referee') ? 'referee' : 'constant',
    memory: 'whole-batch',
    backend: 'auto',
    ...trainingAt('train'),
    seed: 0,
    'distillationData.precision': 'float16',
    'compare.baseline': false,
    'compare.ceiling': false,
  };
}

function trainingAt(path: string): Record<string, unknown> {
  const { learningRate, optimizer, ...others } = trainDefaults;
  const all = { ...others, batches: 'auto', optimizer: [optimizer, { learningRate }] };
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [`${path}.${key}`, value]));
}
