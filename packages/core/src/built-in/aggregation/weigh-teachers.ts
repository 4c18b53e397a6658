import { geometricMeanOf, mixtureOf } from '../../knowledge/target.ts';
import type { Aggregate, TeacherSignal } from '../../objective/aggregation.ts';

/** One fixed weight a teacher, summing to 1. Values are averaged; there is no other mean of them. */
export function weighTeachers(signals: readonly TeacherSignal[], weights: readonly number[], of: 'probabilities' | 'logits'): Aggregate {
  const logits = signals.map((signal) => signal.logits);
  const geometric = of === 'logits' || signals[0]!.signal.kind === 'values';
  const target = geometric ? geometricMeanOf(logits, weights) : mixtureOf(logits, weights.map(Math.log));
  return { target, weights };
}
