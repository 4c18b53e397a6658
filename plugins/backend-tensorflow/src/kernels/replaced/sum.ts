import { tensor1d, util, type KernelConfig, type SumAttrs, type Tensor } from '@tensorflow/tfjs-core';
import { bool, text, types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

/** A sum over every axis but the last, as in the gradient of a bias, for which TensorFlow has a faster operation. */
export const sum: KernelConfig = kernel<'x', SumAttrs>('Sum', ({ inputs, attrs: { axis, keepDims }, backend }) => {
  const x = inputs.x as Tensor;
  const axes = util.parseAxisParam(axis, x.shape);
  const ofBias = x.dtype === 'float32' && x.rank >= 2 && x.size > 0 && !keepDims && axes.length === x.rank - 1 && axes.every((each) => each < x.rank - 1);
  if (ofBias) return backend.executeSingleOutput('BiasAddGrad', [...types({ T: 'float32' }), text('data_format', 'NHWC')], [x]);
  return backend.executeSingleOutput('Sum', [bool('keep_dims', keepDims ?? false), ...types({ T: x.dtype, Tidx: 'int32' })], [x, tensor1d(axes, 'int32')]);
});
