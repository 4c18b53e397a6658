import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';

/** A multi-layer perceptron for 28 × 28 images, flattened: hidden layers of the given sizes, then one logit a class. */
export function mlp(hidden: readonly number[], classes: number): LayersModel {
  const model = sequential();
  hidden.forEach((units, i) => model.add(layers.dense({ units, activation: 'relu', kernelInitializer: 'heNormal', ...(i === 0 ? { inputShape: [784] } : {}) })));
  model.add(layers.dense({ units: classes, name: 'logits' }));
  return model;
}
