import { add, div, mul, sqrt, square, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { replace } from '../../tensor/replace.ts';
import { expectOption } from './expect-option.ts';
import type { Optimizer, OptimizerInput } from './optimizer.ts';

export interface MomentOptions {
  /** Decay of the gradients' average from step to step, in [0, 1); default 0.9. */
  readonly beta1?: number;
  /** Decay of the squared gradients' average, in [0, 1); default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the squared gradients' average; at least 0, default 1e-8. */
  readonly epsilon?: number;
}

export interface Moments extends Required<Pick<Optimizer, 'knobs' | 'slots'>> {
  /** The new slots and the direction to subtract, learning rate times `m̂ / (√v̂ + ε)`, made of `gradient`. */
  advance(input: Pick<OptimizerInput, 'gradient' | 'slots' | 'knobs'>): { direction: Tensor; slots: { gradients: Tensor; squares: Tensor } };
}

/**
 * What Adam and AdamW have in common (Kingma and Ba, 2015). The slots hold decayed *sums*, `s ← β·s + g`, in place of
 * averages, `s ← β·s + (1 − β)·g`: two kernels fewer, and the factors that turn a sum into an unbiased average are the
 * same for all elements, so they go into two scalars, computed in double precision.
 */
export function adaptiveMoments(name: string, { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: MomentOptions): Moments {
  // The kernels see the betas as float32; the corrections must be made for the very same numbers.
  const [decay1, decay2] = [Math.fround(beta1), Math.fround(beta2)];
  expectOption(`${name}'s beta1`, beta1, decay1 >= 0 && decay1 < 1, 'at least 0 and below 1');
  expectOption(`${name}'s beta2`, beta2, decay2 >= 0 && decay2 < 1, 'at least 0 and below 1');
  expectOption(`${name}'s epsilon`, epsilon, epsilon >= 0 && epsilon < Infinity, 'at least 0');

  return {
    slots: ['gradients', 'squares'],
    knobs(step) {
      // With sums S and Q: m̂ = S / n1 and v̂ = Q / n2, so m̂ / (√v̂ + ε) = (√n2 / n1) · S / (√Q + ε·√n2).
      const n1 = (1 - decay1 ** step) / (1 - decay1);
      const n2 = (1 - decay2 ** step) / (1 - decay2);
      return { momentScale: Math.sqrt(n2) / n1, momentEpsilon: epsilon * Math.sqrt(n2) };
    },
    advance({ gradient, slots, knobs }) {
      const gradients = replace(mul(slots['gradients']!, decay1), (kept) => add(kept, gradient));
      const squares = replace(mul(slots['squares']!, decay2), (kept) => replace(square(gradient), (fresh) => add(kept, fresh)));
      const divisor = replace(sqrt(squares), (root) => add(root, knobs['momentEpsilon'] as Scalar));
      const ratio = replace(divisor, (below) => div(gradients, below));
      const rate = mul(knobs['learningRate'] as Scalar, knobs['momentScale'] as Scalar);
      return { direction: replace(ratio, (value) => mul(value, rate)), slots: { gradients, squares } };
    },
  };
}
