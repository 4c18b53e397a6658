import type { KernelConfig } from '@tensorflow/tfjs-core';
import { executeInt64, int64 } from '../int64.ts';
import { kernel } from '../kernel.ts';

export const sparseReshape: KernelConfig = kernel<'inputIndices' | 'inputShape' | 'newShape'>('SparseReshape', ({ inputs: { inputIndices, inputShape, newShape }, backend }) =>
  executeInt64(backend, 'SparseReshape', [], [int64(inputIndices), int64(inputShape), int64(newShape)], 2));
