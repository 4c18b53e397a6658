import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isMiscalculated } from './batch-norm-layer.ts';
import { everyLayer } from './every-layer.ts';
import type { LayerLike } from './replacement.ts';

/** The names of layers for which TensorFlow.js's own `predict` is wrong or fails, while kd's computation of them is right. */
export function miscalculatedLayers(model: LayersModel): readonly string[] {
  return [...everyLayer(model as unknown as LayerLike)].filter(isMiscalculated).map(({ name }) => name);
}
