import { add, exp, logSumExp, mul, stack, sub, sum, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { defineLoss, logSoftmax } from '@kd/core';
import { z } from 'zod';

/**
 * Jensen–Shannon divergence (Lin, 1991): `½ KL(p ‖ m) + ½ KL(q ‖ m)` with `m = ½ (p + q)`. It is never above `log 2`, so
 * one absurd answer of a teacher does less harm than with the Kullback–Leibler divergence. Times T², as that is.
 */
export const jensenShannon = defineLoss({
  name: 'jensen-shannon',
  summary: 'Half-way divergence between student and teachers; bounded.',
  options: z.strictObject({ temperature: z.number().positive().default(2) }),
  create: ({ temperature }) => ({
    role: 'soft',
    label: `JS(T=${temperature})`,
    compute({ student, target }) {
      // Logarithms all the way: probabilities of 0 stay harmless.
      const own = logSoftmax(student, temperature);
      const taught = target.logProbabilities(temperature);
      const middle = sub(logSumExp(stack([own, taught]), 0), Math.log(2)) as Tensor2D;
      const toMiddle = (side: Tensor2D): Tensor1D => sum(mul(exp(side), sub(side, middle)), -1);
      return mul(add(toMiddle(own), toMiddle(taught)), 0.5 * temperature ** 2) as Tensor1D;
    },
  }),
});
