import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { kdError } from '../errors/kd-error.ts';
import type { RandomSource } from '../tensor/random.ts';

interface LayerLike {
  name: string;
  getClassName(): string;
  call(inputs: Tensor | Tensor[], kwargs: { training?: boolean }): Tensor | Tensor[];
  rate?: number;
  stddev?: number;
  layers?: LayerLike[];
  layer?: LayerLike;
  forwardLayer?: LayerLike;
  backwardLayer?: LayerLike;
  cell?: { dropout?: number; recurrentDropout?: number };
  getNoiseShape?(input: Tensor): number[];
}

/** @param purpose the layer's place in the model: names that TensorFlow.js gives count up within a process */
type Noise = (layer: LayerLike, x: Tensor, random: RandomSource, purpose: string) => Tensor;

/** How each layer that draws random numbers does so from kd's own source, as in Srivastava et al. (2014). */
const noises: Readonly<Record<string, Noise>> = {
  Dropout: drop,
  SpatialDropout1D: drop,
  GaussianNoise: ({ stddev = 0 }, x, random, purpose) => tf.add(x, tf.mul(random.normal(x.shape, purpose), stddev)),
  GaussianDropout: ({ rate = 0 }, x, random, purpose) => tf.mul(x, tf.add(tf.mul(random.normal(x.shape, purpose), Math.sqrt(rate / (1 - rate))), 1)),
};

/**
 * TensorFlow.js draws dropout masks in JavaScript from a source of its own: not repeatable, and frozen in a compiled
 * step. While `random` gives a source, such layers draw from it instead.
 */
export function replaceRandomLayers(model: LayersModel, random: () => RandomSource | undefined): void {
  for (const [place, layer] of [...everyLayer(model as unknown as LayerLike)].entries()) {
    const { cell } = layer;
    const refused = layer.getClassName() === 'AlphaDropout' ? 'AlphaDropout draws its own random numbers; use Dropout'
      : cell && ((cell.dropout ?? 0) > 0 || (cell.recurrentDropout ?? 0) > 0) ? 'dropout inside a recurrent layer draws its own random numbers; set it to 0 and put a Dropout layer before or after'
      : undefined;
    const noise = noises[layer.getClassName()];
    if (!noise && !refused) continue;
    const call = layer.call.bind(layer);
    layer.call = (inputs, kwargs) => {
      const source = random();
      if (!source || !kwargs.training) return call(inputs, kwargs);
      if (refused || !noise) throw kdError('KD_LAYER_UNSUPPORTED', { who: `Model '${model.name}'`, layer: layer.name, why: refused! });
      return noise(layer, Array.isArray(inputs) ? inputs[0]! : inputs, source, `noise/${place}`);
    };
  }
}

function drop(layer: LayerLike, x: Tensor, random: RandomSource, purpose: string): Tensor {
  const rate = layer.rate ?? 0;
  if (rate <= 0) return x;
  const shape = layer.getNoiseShape?.(x) ?? x.shape;
  const kept = tf.cast(tf.greaterEqual(random.uniform(shape, purpose), rate), 'float32');
  return tf.mul(x, tf.mul(kept, 1 / (1 - rate)));
}

function* everyLayer(container: LayerLike): Generator<LayerLike> {
  for (const layer of container.layers ?? []) {
    yield layer;
    for (const inner of [layer.layer, layer.forwardLayer, layer.backwardLayer]) if (inner) yield* [inner, ...everyLayer(inner)];
    yield* everyLayer(layer);
  }
}
