import { backend_util, scalar, type GatherV2Attrs, type KernelConfig } from '@tensorflow/tfjs-core';
import { int, types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

/** Without the stock kernel's look at every index in JavaScript: TensorFlow checks them itself. */
export const gatherV2: KernelConfig = kernel<'x' | 'indices', GatherV2Attrs>('GatherV2', ({ inputs: { x, indices }, attrs: { axis, batchDims }, backend }) => {
  backend_util.segment_util.collectGatherOpShapeInfo(x as never, indices as never, axis, batchDims);
  const attributes = [int('batch_dims', batchDims), ...types({ Tparams: x.dtype, Tindices: indices.dtype, Taxis: 'int32' })];
  return backend.executeSingleOutput('GatherV2', attributes, [x, indices, scalar(axis, 'int32')]);
});
