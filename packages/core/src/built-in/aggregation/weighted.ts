import { z } from 'zod';
import { kdError } from '../../errors/kd-error.ts';
import { defineAggregator, type Strategy } from '../../plugin/strategy.ts';
import { weighTeachers } from './weigh-teachers.ts';

export interface WeightedOptions {
  /** A positive weight a teacher; they are divided by their sum. */
  readonly weights: Readonly<Record<string, number>>;
  /** As for `mean`. */
  readonly of: 'probabilities' | 'logits';
}

const options: z.ZodType<WeightedOptions> = z.strictObject({
  weights: z.record(z.string(), z.number().positive()),
  of: z.enum(['probabilities', 'logits']).default('probabilities'),
});

/** Each teacher by a weight of its own. */
export const weighted: Strategy<'aggregator', WeightedOptions, {}> = defineAggregator({
  name: 'weighted',
  summary: 'The mean of the teachers, each by its own fixed weight.',
  options,
  create: ({ weights, of }) => ({
    label: 'weighted',
    aggregate({ signals }) {
      const own = signals.map(({ teacher }) => {
        const weight = weights[teacher];
        if (weight === undefined) throw kdError('KD_STRATEGY_OPTIONS', { kind: 'aggregator', name: 'weighted', where: 'aggregation', problems: [`weights.${teacher} is missing`] });
        return weight;
      });
      const sum = own.reduce((total, weight) => total + weight, 0);
      return weighTeachers(signals, own.map((weight) => weight / sum), of);
    },
  }),
});
