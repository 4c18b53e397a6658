import type { KernelConfig, SearchSortedAttrs } from '@tensorflow/tfjs-core';
import { types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

export const searchSorted: KernelConfig = kernel<'sortedSequence' | 'values', SearchSortedAttrs>('SearchSorted', ({ inputs: { sortedSequence, values }, attrs: { side }, backend }) =>
  backend.executeSingleOutput(side === 'left' ? 'LowerBound' : 'UpperBound', types({ T: values.dtype, out_type: 'int32' }), [sortedSequence, values]));
