import type { KernelConfig, StringSplitAttrs } from '@tensorflow/tfjs-core';
import { bool } from '../attribute.ts';
import { kernel } from '../kernel.ts';

export const stringSplit: KernelConfig = kernel<'input' | 'delimiter', StringSplitAttrs>('StringSplit', ({ inputs: { input, delimiter }, attrs: { skipEmpty }, backend }) =>
  backend.executeMultipleOutputs('StringSplit', [bool('skip_empty', skipEmpty)], [input, delimiter], 3));
