import type { layers, Shape } from '@tensorflow/tfjs-layers';
import { kdError } from '@kd/core';
import type { OnnxGraph } from './graph.ts';
import type { Value } from './value.ts';

/** A layer, and not a layer's function: the type of what `tf.layers.dense()` gives. */
export type Layer = layers.Layer;

export interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A layer that is asked once, with what it gets there. */
export interface LayerCall {
  readonly layer: Layer;
  readonly config: Readonly<Record<string, unknown>>;
  readonly graph: OnnxGraph;
  readonly inputs: readonly Value[];
  /** As the model tells them; `null` is free, as the first axis is. */
  readonly inputShapes: readonly Shape[];
  readonly outputShape: Shape;
  /** Which steps count, `[batch, steps]`, if the layer is given a mask. */
  readonly mask: Mask | undefined;
  /** The layer's weights, in its own order. */
  weights(layer?: Layer): readonly Weight[];
  /** Numbers made of weights, named after the layer. A layer that is asked twice has them once. */
  weight(name: string, shape: readonly number[], data: Float32Array, layer?: Layer): Value;
  /** Asks a layer inside. */
  inner(layer: Layer, inputs: readonly Value[], inputShapes: readonly Shape[]): readonly Value[];
}

/** `unclear` where TensorFlow.js itself goes astray; whoever needs it must refuse. */
export type Mask = Value | 'unclear';

/** Writes what a layer does. */
export type LayerWriter = (call: LayerCall) => Value | readonly Value[];

/** @throws KD_EXPORT_UNSUPPORTED */
export function unsupported({ layer }: { readonly layer: Layer }, problem: string): never {
  throw kdError('KD_EXPORT_UNSUPPORTED', { layer: layer.name, className: layer.getClassName(), problem });
}
