import { add, mul, type Scalar } from '@tensorflow/tfjs-core';
import { replace } from '../../tensor/replace.ts';
import { addScaled, subScaled } from './add-scaled.ts';
import { expectOption } from './expect-option.ts';
import type { Optimizer } from './optimizer.ts';

export interface SgdOptions {
  /** Share of the velocity that is kept from step to step, in [0, 1); default 0: plain gradient descent. */
  readonly momentum?: number;
  /** Looks one step ahead (Sutskever et al., 2013); needs momentum and no dampening. Default false. */
  readonly nesterov?: boolean;
  /** Share of the gradient that stays out of the velocity, except at the first step; in [0, 1], default 0. */
  readonly dampening?: number;
  /** L2 penalty: `weightDecay · weight` is added to the gradient; at least 0, default 0. */
  readonly weightDecay?: number;
}

/**
 * Stochastic gradient descent, optionally with momentum (Polyak, 1964), as PyTorch defines it: the learning rate
 * multiplies the velocity and is no part of it. Throws `KD_NUMBER` for options out of range.
 */
export function sgd({ momentum = 0, nesterov = false, dampening = 0, weightDecay = 0 }: SgdOptions = {}): Optimizer {
  expectOption("sgd's momentum", momentum, momentum >= 0 && momentum < 1, 'at least 0 and below 1');
  expectOption("sgd's momentum", momentum, !nesterov || momentum > 0, 'above 0 for nesterov');
  expectOption("sgd's dampening", dampening, dampening >= 0 && dampening <= 1, 'from 0 to 1');
  expectOption("sgd's dampening", dampening, !nesterov || dampening === 0, '0 for nesterov');
  expectOption("sgd's weightDecay", weightDecay, weightDecay >= 0 && weightDecay < Infinity, 'at least 0');
  const dampened = momentum > 0 && dampening > 0;

  return {
    name: 'sgd',
    elementwise: true,
    slots: momentum > 0 ? ['velocity'] : [],
    // The velocity starts at zero, so a whole gradient at step 1 makes it the gradient itself.
    ...(dampened && { knobs: (step: number) => ({ gradientShare: step === 1 ? 1 : 1 - dampening }) }),
    update({ weight, gradient, slots, knobs }) {
      const learningRate = knobs['learningRate'] as Scalar;
      const slope = weightDecay > 0 ? addScaled(gradient, weight, weightDecay) : gradient;
      if (momentum === 0) return { weight: subScaled(weight, slope, learningRate), slots: {} };
      const velocity = replace(mul(slots['velocity']!, momentum), (kept) =>
        dampened ? addScaled(kept, slope, knobs['gradientShare'] as Scalar) : add(kept, slope));
      if (!nesterov) return { weight: subScaled(weight, velocity, learningRate), slots: { velocity } };
      const ahead = addScaled(slope, velocity, momentum);
      return { weight: replace(ahead, (direction) => subScaled(weight, direction, learningRate)), slots: { velocity } };
    },
  };
}
