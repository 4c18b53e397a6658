import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

interface LayerWithActivation {
  activation?: { apply(x: Tensor, axis?: number): Tensor; getClassName(): string };
  call(inputs: Tensor | Tensor[], kwargs: object): Tensor | Tensor[];
  getClassName(): string;
  name: string;
}

const bypassed = new WeakSet<object>();

/**
 * Distillation works on logits, while many models end in a softmax. While `active` says so, the layer behind `output`
 * leaves its softmax out; at all other times, and in the saved model, it is there.
 */
export function bypassSoftmax(model: LayersModel, output: string, active: () => boolean): void {
  const layer = model.layers.find(({ name }) => name === output) as unknown as LayerWithActivation | undefined;
  if (!layer || bypassed.has(layer)) return;
  if (layer.getClassName() === 'Softmax') {
    const call = layer.call.bind(layer);
    layer.call = (inputs, kwargs) => (active() ? inputs : call(inputs, kwargs));
    bypassed.add(layer);
  } else if (layer.activation?.getClassName() === 'softmax') {
    const { activation } = layer;
    layer.activation = {
      apply: (x, axis) => (active() ? x : activation.apply(x, axis)),
      getClassName: () => activation.getClassName(),
    };
    bypassed.add(layer);
  }
}
