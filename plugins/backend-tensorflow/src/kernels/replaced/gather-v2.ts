import { backend_util, scalar, type GatherV2Attrs, type KernelConfig } from '@tensorflow/tfjs-core';
import { int, types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

/** Without the stock kernel's look at every index in JavaScript: TensorFlow checks them itself. */
export const gatherV2: KernelConfig = kernel('GatherV2', ({ inputs, attrs, backend }) => {
  const [x, indices] = [inputs['x']!, inputs['indices']!];
  const { axis, batchDims } = attrs as unknown as GatherV2Attrs;
  backend_util.segment_util.collectGatherOpShapeInfo(x as never, indices as never, axis, batchDims);
  const place = scalar(axis, 'int32');
  const attributes = [int('batch_dims', batchDims), ...types({ Tparams: x.dtype, Tindices: indices.dtype, Taxis: 'int32' })];
  const result = backend.executeSingleOutput('GatherV2', attributes, [x, indices, place]);
  place.dispose();
  return result;
});
