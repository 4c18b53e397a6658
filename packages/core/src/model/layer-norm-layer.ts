import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { layerNorm } from '../tensor/layer-norm.ts';
import type { LayerVariable } from './layers.ts';
import type { LayerLike, Replacement } from './replacement.ts';

interface LayerNormalization extends LayerLike {
  /** Counted from the first, once the layer is built. */
  readonly axis: readonly number[];
  readonly epsilon: number;
  /** Null where the layer does not scale, or not centre. */
  readonly gamma: LayerVariable | null;
  readonly beta: LayerVariable | null;
}

/** Layer normalisation as one operation; see {@link layerNorm}. A layer over other axes than the last computes by itself. */
export const layerNormLayer: Replacement = (candidate) => {
  if (candidate.getClassName() !== 'LayerNormalization') return undefined;
  const layer = candidate as LayerNormalization;
  return (x) => {
    const isLast = layer.axis.length === 1 && layer.axis[0] === x.rank - 1;
    if (!isLast || x.rank < 2 || x.dtype !== 'float32') return undefined;
    return tf.tidy(() => {
      const features = x.shape.at(-1)!;
      const gamma = layer.gamma?.read() ?? tf.ones([features]);
      const beta = layer.beta?.read() ?? tf.zeros([features]);
      return layerNorm(x, gamma as Tensor1D, beta as Tensor1D, layer.epsilon);
    });
  };
};
