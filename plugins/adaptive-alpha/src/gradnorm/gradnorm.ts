import { defineAlphaScheduler, type AlphaScheduler, type Observed, type Strategy } from '@kd/core';
import { z } from 'zod';
import { gradNormStep } from './step.ts';

/** Options of the α scheduler {@link gradnorm}. */
export interface GradNormOptions {
  /** How strongly the side that lags behind is pushed; at least 0, default 1.5. */
  readonly asymmetry: number;
  /** Learning rate of the two weights; above 0, default 0.025. */
  readonly learningRate: number;
}

const options: z.ZodType<GradNormOptions> = z.strictObject({
  asymmetry: z.number().nonnegative().default(1.5),
  learningRate: z.number().positive().default(0.025),
});

/** Weights of the hard and the soft side, which sum to 2, and the sides' losses when both were first seen. */
export type GradNormState = { readonly weights: readonly number[]; readonly initial: readonly number[] | null };

/**
 * Balances the gradients of the two sides, so that both train at the same relative rate (Chen et al., 2018). Norms are
 * taken over all weights of the student, and α is half the hard side's weight. Costs a second pass over each batch; looks
 * at gradients, not at who is right, so it follows a wrong teacher too.
 */
export const gradnorm: Strategy<'alpha', GradNormOptions, {}> = defineAlphaScheduler({
  name: 'gradnorm',
  summary: 'α that balances the gradients of the two sides (GradNorm).',
  options,
  create: (rates): AlphaScheduler<GradNormState> => ({
    label: 'gradnorm',
    needs: { gradients: true },
    init: () => ({ weights: [1, 1], initial: null }),
    value: ({ weights }) => ({ alpha: weights[0]! / 2 }),
    update(state, { hard, soft, gradients }) {
      if (!gradients || !bothSidesSeen(hard, soft, gradients)) return state;
      const losses = [hard, soft];
      const initial = state.initial ?? losses;
      const { weights } = gradNormStep({ weights: state.weights, norms: [gradients.hard, gradients.soft], losses, initial }, rates);
      return { weights, initial };
    },
  }),
});

/** A batch without labels or without teachers has a loss and a gradient of 0 there and says nothing about the balance. */
function bothSidesSeen(hard: number, soft: number, gradients: NonNullable<Observed['gradients']>): boolean {
  return [hard, soft, gradients.hard, gradients.soft].every((value) => Number.isFinite(value) && value > 0);
}
