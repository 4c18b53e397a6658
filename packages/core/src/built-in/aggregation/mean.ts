import { z } from 'zod';
import { defineAggregator, type Strategy } from '../../plugin/strategy.ts';
import { weighTeachers } from './weigh-teachers.ts';

export interface MeanOptions {
  /** `probabilities` (the default) votes: the arithmetic mean. `logits` lets each teacher veto: the geometric mean. */
  readonly of: 'probabilities' | 'logits';
}

const options: z.ZodType<MeanOptions> = z.strictObject({
  of: z.enum(['probabilities', 'logits']).default('probabilities'),
});

/** Every teacher counts the same (You et al., 2017). */
export const mean: Strategy<'aggregator', MeanOptions, {}> = defineAggregator({
  name: 'mean',
  summary: 'The mean of the teachers, all alike.',
  options,
  create: ({ of }) => ({
    label: of === 'logits' ? 'geometric mean' : 'mean',
    aggregate: ({ signals }) => weighTeachers(signals, signals.map(() => 1 / signals.length), of),
  }),
});
