import { z } from 'zod';
import { kdError } from '../../errors/kd-error.ts';
import type { Spec } from '../../plugin/spec.ts';
import { defineAggregator, type Strategy } from '../../plugin/strategy.ts';
import { STRATEGIES, type StrategyResolver } from '../../plugin/registry.ts';
import type { Token } from '../../plugin/tokens.ts';
import type { Aggregator } from '../../objective/aggregation.ts';

const spec = z.union([z.string(), z.tuple([z.string(), z.unknown()])]);
/** An aggregator a granularity, as `'name'` or `['name', options]`. */
export type PerGranularityOptions = Readonly<Record<string, Spec>>;

const options: z.ZodType<PerGranularityOptions> = z.record(z.string(), spec);

/** An aggregator that hands each granularity to one of its own; the core asks it by the granularity's name. */
export interface PerGranularity extends Aggregator {
  forGranularity(granularity: string): Aggregator;
}

/** Each granularity by its own aggregator: `['per-granularity', { low: 'mean', digit: 'weighted' }]`; others use `mean`. */
export const perGranularity: Strategy<'aggregator', PerGranularityOptions, { strategies: Token<StrategyResolver> }> = defineAggregator({
  name: 'per-granularity',
  summary: 'Another aggregator for each granularity.',
  options,
  inject: { strategies: STRATEGIES },
  create(choices, { strategies }): PerGranularity {
    const chosen = new Map(Object.entries(choices).map(([name, choice]) => [name, strategies.resolve('aggregator', choice, `aggregation.${name}`)]));
    const fallback = strategies.resolve('aggregator', 'kd/mean', 'aggregation');
    return {
      label: 'per granularity',
      forGranularity: (granularity) => chosen.get(granularity) ?? fallback,
      aggregate() {
        throw kdError('KD_STRATEGY_OPTIONS', { kind: 'aggregator', name: 'per-granularity', where: 'aggregation', problems: ['it cannot stand inside another aggregator'] });
      },
    };
  },
});

/** The aggregator of one granularity. */
export function aggregatorFor(aggregator: Aggregator, granularity: string): Aggregator {
  return 'forGranularity' in aggregator ? (aggregator as PerGranularity).forGranularity(granularity) : aggregator;
}
