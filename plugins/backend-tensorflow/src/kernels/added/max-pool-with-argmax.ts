import type { KernelConfig, MaxPoolWithArgmaxAttrs } from '@tensorflow/tfjs-core';
import { bool, int, text, types } from '../attribute.ts';
import { kernel } from '../kernel.ts';
import { pooling2d } from '../pooling.ts';

export const maxPoolWithArgmax: KernelConfig = kernel<'x', MaxPoolWithArgmaxAttrs>('MaxPoolWithArgmax', ({ inputs: { x }, attrs, backend }) => {
  const { window, strides, padding } = pooling2d(x.shape, attrs);
  const attributes = [
    int('ksize', window), int('strides', strides), text('padding', padding), bool('include_batch_in_index', attrs.includeBatchInIndex),
    ...types({ T: x.dtype, Targmax: 'int32' }),
  ];
  return backend.executeMultipleOutputs('MaxPoolWithArgmax', attributes, [x], 2);
});
