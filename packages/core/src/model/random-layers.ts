import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { kdError } from '../errors/kd-error.ts';
import type { RandomSource } from '../tensor/random.ts';
import type { LayerLike, Replacement } from './replacement.ts';

interface RandomLayer extends LayerLike {
  readonly rate?: number;
  readonly stddev?: number;
  readonly stateful?: boolean;
  readonly cell?: { readonly dropout?: number; readonly recurrentDropout?: number };
  getNoiseShape?(input: Tensor): number[];
}

/** @param purpose the layer's place in the model: names that TensorFlow.js gives count up within a process */
type Noise = (layer: RandomLayer, x: Tensor, random: RandomSource, purpose: string) => Tensor;

/** How each layer that draws random numbers does so from kd's own source, as in Srivastava et al. (2014). */
const noises: Readonly<Record<string, Noise>> = {
  Dropout: drop,
  SpatialDropout1D: drop,
  GaussianNoise: ({ stddev = 0 }, x, random, purpose) => tf.add(x, tf.mul(random.normal(x.shape, purpose), stddev)),
  GaussianDropout: ({ rate = 0 }, x, random, purpose) => tf.mul(x, tf.add(tf.mul(random.normal(x.shape, purpose), Math.sqrt(rate / (1 - rate))), 1)),
};

/**
 * TensorFlow.js draws dropout masks in JavaScript from a source of its own: not repeatable, and frozen in a compiled
 * step. In training with a random source, such layers draw from that instead.
 */
export const randomLayer: Replacement = (layer: RandomLayer, place, model) => {
  const { cell } = layer;
  const refused = layer.getClassName() === 'AlphaDropout' ? 'AlphaDropout draws its own random numbers; use Dropout'
    : cell && ((cell.dropout ?? 0) > 0 || (cell.recurrentDropout ?? 0) > 0) ? 'dropout inside a recurrent layer draws its own random numbers; set it to 0 and put a Dropout layer before or after'
    : layer.stateful && cell ? 'it carries its state from batch to batch, which no resumed run repeats; set stateful to false'
    : undefined;
  const noise = noises[layer.getClassName()];
  if (!noise && !refused) return undefined;
  return (x, { training, random }) => {
    if (!random || !training) return undefined;
    if (refused || !noise) throw kdError('KD_LAYER_UNSUPPORTED', { who: `Model '${model}'`, layer: layer.name, why: refused! });
    return noise(layer, x, random, `noise/${place}`);
  };
};

function drop(layer: RandomLayer, x: Tensor, random: RandomSource, purpose: string): Tensor {
  const rate = layer.rate ?? 0;
  if (rate <= 0) return x;
  const shape = layer.getNoiseShape?.(x) ?? x.shape;
  const kept = tf.cast(tf.greaterEqual(random.uniform(shape, purpose), rate), 'float32');
  return tf.mul(x, tf.mul(kept, 1 / (1 - rate)));
}
