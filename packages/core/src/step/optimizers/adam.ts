import { sub } from '@tensorflow/tfjs-core';
import { replace } from '../../tensor/replace.ts';
import { adaptiveMoments, type MomentOptions } from './adaptive-moments.ts';
import { addScaled } from './add-scaled.ts';
import { expectOption } from './expect-option.ts';
import type { Optimizer } from './optimizer.ts';

export interface AdamOptions extends MomentOptions {
  /** L2 penalty: `weightDecay · weight` is added to the gradient, before the averages; at least 0, default 0. */
  readonly weightDecay?: number;
}

/** Adam (Kingma and Ba, 2015), as PyTorch defines it. Throws `KD_NUMBER` for options out of range. */
export function adam({ weightDecay = 0, ...options }: AdamOptions = {}): Optimizer {
  expectOption("adam's weightDecay", weightDecay, weightDecay >= 0 && weightDecay < Infinity, 'at least 0');
  const { advance, slots, knobs } = adaptiveMoments('adam', options);
  return {
    name: 'adam',
    elementwise: true,
    slots,
    knobs,
    update(input) {
      const gradient = weightDecay > 0 ? addScaled(input.gradient, input.weight, weightDecay) : input.gradient;
      const moved = advance({ ...input, gradient });
      return { weight: replace(moved.direction, (direction) => sub(input.weight, direction)), slots: moved.slots };
    },
  };
}
