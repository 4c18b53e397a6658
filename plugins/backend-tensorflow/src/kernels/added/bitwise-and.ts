import type { KernelConfig } from '@tensorflow/tfjs-core';
import { types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

export const bitwiseAnd: KernelConfig = kernel<'a' | 'b'>('BitwiseAnd', ({ inputs: { a, b }, backend }) =>
  backend.executeSingleOutput('BitwiseAnd', types({ T: a.dtype }), [a, b]));
