import { z } from 'zod';

const spec = z.union([z.string(), z.tuple([z.string(), z.unknown()])], { error: "expected 'name' or ['name', options]" });
const positive = z.int().positive();
/** Values that only code can give (models, data sets, functions); checked where they are used. */
const live = z.unknown();
const callable = live.refine((value) => typeof value === 'function', 'expected a function, or, in a file of the kd command, the path of a module whose default export is one');

const train = z.strictObject({
  epochs: positive.optional(),
  batchSize: positive.optional(),
  labelledBatchSize: positive.optional(),
  batches: z.enum(['auto', 'balanced', 'joint']).optional(),
  optimizer: spec.optional(),
  schedule: spec.optional(),
  clipNorm: z.number().positive().optional(),
  checkpointEvery: positive.optional(),
  keep: z.enum(['best', 'last']).optional(),
  patience: positive.optional(),
});

const labels = z.record(z.string(), z.union([
  z.array(z.string()),
  z.strictObject({ of: z.string(), groups: z.record(z.string(), z.array(z.string())) }),
  z.strictObject({ of: z.string(), shares: z.record(z.string(), z.record(z.string(), z.number().min(0).max(1))) }),
  z.strictObject({ of: z.string(), only: z.array(z.string()), other: z.union([z.boolean(), z.string()]).optional() }),
  z.strictObject({ values: z.array(z.string()) }),
], { error: 'expected a list of classes, { of, groups }, { of, shares }, { of, only, other? } or { values }' }));

/** The shape of a config: what can be known of it without opening anything. */
export const configSchema: z.ZodType = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'use letters, digits, dots, dashes').optional(),
  plugins: z.array(live).optional(),
  data: z.strictObject({
    train: live,
    test: live.optional(),
    validation: live.refine((given) => typeof given !== 'number' || (given > 0 && given < 1), 'expected a data set, a reader, or a share between 0 and 1').optional(),
    labelled: positive.optional(),
  }),
  labels,
  teachers: z.record(z.string(), z.strictObject({
    model: live.optional(),
    predict: live.optional(),
    source: spec.optional(),
    speaks: z.string(),
    inputs: z.array(z.string()).optional(),
    preprocess: callable.optional(),
    output: z.string().optional(),
    gives: z.enum(['logits', 'probabilities', 'log-probabilities', 'values']).optional(),
    train: z.union([z.literal(true), train]).optional(),
  })).optional(),
  student: z.strictObject({
    model: live,
    heads: z.record(z.string(), z.string()).refine((heads) => Object.keys(heads).length > 0, 'name at least one head').optional(),
    inputs: z.array(z.string()).optional(),
    preprocess: callable.optional(),
  }),
  hard: z.record(z.string(), z.union([spec, z.strictObject({ loss: spec, weight: z.number().nonnegative().optional() })])).optional(),
  soft: z.record(z.string(), z.union([spec, z.strictObject({
    loss: spec, on: z.string().optional(), weight: z.number().nonnegative().optional(), temper: z.enum(['last', 'first']).optional(), teachers: z.array(z.string()).optional(),
  })])).optional(),
  aggregation: spec.optional(),
  alpha: z.union([z.number().min(0).max(1), spec]).optional(),
  memory: spec.optional(),
  backend: spec.optional(),
  train: train.optional(),
  seed: z.int().nonnegative().optional(),
  distillationData: z.strictObject({ precision: z.enum(['float16', 'float32']).optional(), topK: positive.optional() }).optional(),
  compare: z.strictObject({ baseline: z.boolean().optional(), ceiling: z.boolean().optional() }).optional(),
});
