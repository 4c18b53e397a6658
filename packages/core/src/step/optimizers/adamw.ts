import { mul, sub, type Scalar } from '@tensorflow/tfjs-core';
import { replace } from '../../tensor/replace.ts';
import { adaptiveMoments, type MomentOptions } from './adaptive-moments.ts';
import { addScaled } from './add-scaled.ts';
import { expectOption } from './expect-option.ts';
import type { Optimizer } from './optimizer.ts';

export interface AdamWOptions extends MomentOptions {
  /** Share of a weight, times the learning rate, that each step takes away; at least 0, default 0.01. */
  readonly weightDecay?: number;
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, 2019), as PyTorch defines it. Throws `KD_NUMBER` for options
 * out of range.
 */
export function adamw({ weightDecay = 0.01, ...options }: AdamWOptions = {}): Optimizer {
  expectOption("adamw's weightDecay", weightDecay, weightDecay >= 0 && weightDecay < Infinity, 'at least 0');
  const { advance, slots, knobs } = adaptiveMoments('adamw', options);
  return {
    name: 'adamw',
    elementwise: true,
    slots,
    knobs,
    update(input) {
      const moved = advance(input);
      // Subtracted together: `weight · (1 − rate · decay)` would lose a small decay to the rounding of the bracket.
      const decay = (): Scalar => mul(input.knobs['learningRate'] as Scalar, weightDecay);
      const step = weightDecay > 0 ? replace(moved.direction, (direction) => addScaled(direction, input.weight, decay())) : moved.direction;
      return { weight: replace(step, (whole) => sub(input.weight, whole)), slots: moved.slots };
    },
  };
}
