import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

interface LayerWithActivation {
  activation?: { apply(x: Tensor, axis?: number): Tensor; getClassName(): string };
  call(inputs: Tensor | Tensor[], kwargs: object): Tensor | Tensor[];
  getClassName(): string;
  name: string;
}

/** Layers that may leave their softmax out, and who may ask for it: models can share a layer. */
const bypassed = new WeakMap<object, Set<() => boolean>>();

/**
 * Distillation works on logits, while many models end in a softmax. While `active` says so, the layer behind `output`
 * leaves its softmax out; at all other times, and in the saved model, it is there.
 */
export function bypassSoftmax(model: LayersModel, output: string, active: () => boolean): void {
  const layer = model.layers.find(({ name }) => name === output) as unknown as LayerWithActivation | undefined;
  if (!layer) return;
  const known = bypassed.get(layer);
  if (known) return void known.add(active);
  const asking = new Set([active]);
  const leftOut = (): boolean => [...asking].some((asks) => asks());
  if (layer.getClassName() === 'Softmax') {
    const call = layer.call.bind(layer);
    layer.call = (inputs, kwargs) => (leftOut() ? inputs : call(inputs, kwargs));
    bypassed.set(layer, asking);
  } else if (layer.activation?.getClassName() === 'softmax') {
    const { activation } = layer;
    layer.activation = {
      apply: (x, axis) => (leftOut() ? x : activation.apply(x, axis)),
      getClassName: () => activation.getClassName(),
    };
    bypassed.set(layer, asking);
  }
}
