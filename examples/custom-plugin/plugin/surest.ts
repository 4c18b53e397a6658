import { concat, exp, logSoftmax, max, mean, mul, split, unstack, type Tensor2D } from '@tensorflow/tfjs-core';
import { defineAggregator, mixtureOf } from '@kd/core';
import { z } from 'zod';

/**
 * In each sample a teacher counts by the probability of its first choice, to the power of `sharpness`: 0 hears all alike,
 * a large one only the surest.
 */
export const surest = defineAggregator({
  name: 'surest',
  summary: 'Teachers by the probability of their first choice.',
  options: z.strictObject({ sharpness: z.number().nonnegative().default(8) }),
  create: ({ sharpness }) => ({
    label: `surest ${sharpness}`,
    aggregate({ signals }) {
      const teachers = signals.map(({ logits }) => logits);
      const firstChoices = concat(teachers.map((logits) => max(logSoftmax(logits), -1, true)), 1); // [batch, teachers]
      const logWeights = logSoftmax(mul(firstChoices, sharpness)) as Tensor2D;
      return { target: mixtureOf(teachers, split(logWeights, teachers.length, 1)), weights: unstack(mean(exp(logWeights), 0)) };
    },
  }),
});
