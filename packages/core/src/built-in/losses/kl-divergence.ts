import { z } from 'zod';
import { softenedLogits } from '../../knowledge/target.ts';
import { computeBySlope, type Loss } from '../../objective/loss.ts';
import { defineLoss, type Strategy } from '../../plugin/strategy.ts';
import { softenedKl } from '../../tensor/softened-kl.ts';

export interface KlDivergenceOptions {
  /** Softens teacher and student alike; above 0, default 4. */
  readonly temperature: number;
}

const options: z.ZodType<KlDivergenceOptions> = z.strictObject({
  temperature: z.number().positive().default(4),
});

/**
 * `T² · KL(teacher ‖ student)` per sample, both softened by T, summed over classes (Hinton, Vinyals and Dean, 2015).
 * Works on dense and on top-k teachers.
 */
export const klDivergence: Strategy<'loss', KlDivergenceOptions, {}> = defineLoss({
  name: 'kl-divergence',
  summary: 'KL divergence from the teachers at a temperature, times T².',
  options,
  create({ temperature: T }): Loss {
    const valueAndSlope: Loss['valueAndSlope'] = ({ student, target }) => {
      const logits = softenedLogits(target);
      return logits ? softenedKl(student, logits, T, T) : softenedKl(student, target.logProbabilities(T), T, 1);
    };
    return { role: 'soft', label: `KL(T=${T})`, temperature: T, compute: computeBySlope(valueAndSlope), valueAndSlope };
  },
});
