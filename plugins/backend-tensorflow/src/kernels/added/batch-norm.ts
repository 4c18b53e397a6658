import { mul, reshape, tensor1d, util, type KernelConfig, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { bool, float, text, types } from '../attribute.ts';
import type { Attribute } from '../../binding/attributes.ts';
import { kernel } from '../kernel.ts';

interface Attrs {
  readonly epsilon: number;
}

const attributes = (epsilon: number): Attribute[] => [...types({ T: 'float32', U: 'float32' }), float('epsilon', epsilon), text('data_format', 'NHWC'), bool('is_training', true)];

/** Batch normalisation in training, as @kd/core asks for it. */
export const batchNorm: KernelConfig = kernel<'x' | 'gamma' | 'beta', Attrs>('KdBatchNorm', ({ inputs: { x, gamma, beta }, attrs: { epsilon }, backend }) => {
  const images = asImages(x);
  const none = tensor1d([], 'float32');
  const [y, mean, variance, ...saved] = backend.executeMultipleOutputs('FusedBatchNormV2', attributes(epsilon), [images, gamma, beta, none, none], 5);
  // TensorFlow divides by one less than the number of values.
  const count = util.sizeFromShape(x.shape.slice(0, -1));
  return [reshape(y!, x.shape), mean!, mul(variance!, Math.max(count - 1, 1) / count), ...saved];
});

export const batchNormGrad: KernelConfig = kernel<'dy' | 'x' | 'gamma' | 'saved0' | 'saved1', Attrs>('KdBatchNormGrad', ({ inputs: { dy, x, gamma, saved0, saved1 }, attrs: { epsilon }, backend }) => {
  const [ofX, ofGamma, ofBeta] = backend.executeMultipleOutputs('FusedBatchNormGradV2', attributes(epsilon), [asImages(dy), asImages(x), gamma, saved0, saved1], 5);
  return [reshape(ofX!, x.shape), ofGamma!, ofBeta!];
});

/** The operations take nothing but images. */
function asImages(x: TensorInfo): TensorInfo {
  return x.shape.length === 4 ? x : reshape(x as Tensor, [1, -1, 1, x.shape.at(-1)!]);
}
