import { defineAggregator, targetOf, type Strategy } from '@kd/core';
import { z } from 'zod';
import { jointEstimate } from './joint-estimate.ts';
import { expectClasses } from './mix-teachers.ts';

/** Options of the aggregator {@link uhc}. */
export interface UhcOptions {
  /** Rounds of the fixed point; default 50, which leaves an error of about 1e-4 in the probabilities. */
  readonly iterations: number;
}

const options: z.ZodType<UhcOptions> = z.strictObject({
  iterations: z.int().positive().default(50),
});

/**
 * Unifies teachers that know different classes (Vongkulbhisal, Vinayavekhin and Visentini-Scarzanella, 2019): their
 * answers become one distribution over all the granularity's classes, to which any logit loss may be applied. Without
 * this aggregator such teachers are compared each in its own classes, which needs no estimate.
 */
export const uhc: Strategy<'aggregator', UhcOptions, {}> = defineAggregator({
  name: 'uhc',
  summary: 'One target from teachers that know different classes.',
  options,
  create: ({ iterations }) => ({
    label: 'uhc',
    joinsViews: true,
    aggregate({ signals, classes }) {
      expectClasses(signals, 'uhc');
      return { target: targetOf(jointEstimate(signals, classes, iterations)) };
    },
  }),
});
