import type { KernelConfig } from '@tensorflow/tfjs-core';
import { types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

export const sparseSegmentMean: KernelConfig = segment('SparseSegmentMean');
export const sparseSegmentSum: KernelConfig = segment('SparseSegmentSum');

function segment(name: string): KernelConfig {
  return kernel<'data' | 'indices' | 'segmentIds'>(name, ({ inputs: { data, indices, segmentIds }, backend }) =>
    backend.executeSingleOutput(name, types({ T: data.dtype, Tidx: 'int32', Tsegmentids: 'int32' }), [data, indices, segmentIds]));
}
