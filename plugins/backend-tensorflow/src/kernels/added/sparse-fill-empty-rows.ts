import type { KernelConfig } from '@tensorflow/tfjs-core';
import { types } from '../attribute.ts';
import { executeInt64, int64 } from '../int64.ts';
import { kernel } from '../kernel.ts';

export const sparseFillEmptyRows: KernelConfig = kernel<'indices' | 'values' | 'denseShape' | 'defaultValue'>('SparseFillEmptyRows', ({ inputs: { indices, values, denseShape, defaultValue }, backend }) =>
  executeInt64(backend, 'SparseFillEmptyRows', types({ T: values.dtype }), [int64(indices), values, int64(denseShape), defaultValue], 4));
