import { scalar, tensor1d, type KernelConfig, type TransformAttrs } from '@tensorflow/tfjs-core';
import { text, types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

export const transform: KernelConfig = kernel<'image' | 'transforms', TransformAttrs>('Transform', ({ inputs: { image, transforms }, attrs, backend }) => {
  const size = attrs.outputShape ?? [image.shape[1]!, image.shape[2]!];
  const attributes = [...types({ dtype: image.dtype }), text('interpolation', attrs.interpolation.toUpperCase()), text('fill_mode', attrs.fillMode.toUpperCase())];
  return backend.executeSingleOutput('ImageProjectiveTransformV3', attributes, [image, transforms, tensor1d(size, 'int32'), scalar(attrs.fillValue)]);
});
