import type { Tensor } from '@tensorflow/tfjs-core';
import type { RandomSource } from '../tensor/random.ts';

/** What a layer is called with beside its inputs. */
export interface LayerArguments {
  readonly training?: boolean;
  readonly mask?: unknown;
  readonly initialState?: unknown;
}

/** What replacing a layer's computation needs of it; TensorFlow.js's types keep it private. */
export interface LayerLike {
  readonly name: string;
  getClassName(): string;
  call(inputs: Tensor | Tensor[], kwargs: LayerArguments): Tensor | Tensor[];
  readonly layers?: readonly LayerLike[];
  readonly layer?: LayerLike;
  readonly forwardLayer?: LayerLike;
  readonly backwardLayer?: LayerLike;
}

/** What a replaced layer is told of its model's call under way. */
export interface LayerCall {
  readonly training: boolean;
  readonly random: RandomSource | undefined;
  /** One input, neither a mask nor a state to begin with. */
  readonly plain: boolean;
}

/**
 * What computes in the place of a layer while its model is called; undefined where the layer itself does, always or in
 * this call.
 *
 * @param place the layer's number in the model
 * @param model the model's name
 */
export type Replacement = (layer: LayerLike, place: number, model: string) => ((x: Tensor, call: LayerCall) => Tensor | undefined) | undefined;
