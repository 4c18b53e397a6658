import { backend_util, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import { text, types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

/** A vector that is added to the last axis is a bias, for which TensorFlow has a faster operation. */
export const add: KernelConfig = kernel<'a' | 'b'>('Add', ({ inputs: { a, b }, backend }) => {
  if (isBias(a, b)) return backend.executeSingleOutput('BiasAdd', [...types({ T: a.dtype }), text('data_format', 'NHWC')], [a, b]);
  return backend.executeSingleOutput('AddV2', types({ T: backend_util.upcastType(a.dtype, b.dtype) }), [a, b]);
});

function isBias(a: TensorInfo, b: TensorInfo): boolean {
  const rank = a.shape.length;
  return a.dtype === 'float32' && b.dtype === 'float32' && rank >= 2 && rank <= 5 && b.shape.length === 1 && b.shape[0] === a.shape[rank - 1];
}
