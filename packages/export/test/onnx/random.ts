import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Weights that are none of the beginning's, the same in each run; variances are positive. */
export function randomWeights(model: LayersModel): void {
  const weights = model.weights.map(({ name, shape }, i) => {
    const values = tf.randomNormal(shape as number[], 0, 0.5, 'float32', i + 1);
    return name.includes('variance') ? tf.add(tf.abs(values), 0.5) : values;
  });
  model.setWeights(weights);
  tf.dispose(weights);
}

/** What a model takes; axes of free lengths get five. */
export function randomInputs(model: LayersModel, samples: number): tf.Tensor[] {
  return model.inputs.map(({ shape, dtype, sourceLayer }, i) => {
    const whole = [samples, ...shape.slice(1).map((length) => length ?? 5)];
    const indices = dtype === 'int32' || sourceLayer.outboundNodes.some(({ outboundLayer }) => outboundLayer.getClassName() === 'Embedding');
    return indices ? tf.cast(tf.floor(tf.randomUniform(whole, 0, 5, 'float32', samples + i)), dtype as 'float32') : tf.randomNormal(whole, 0, 1, 'float32', samples + i);
  });
}
