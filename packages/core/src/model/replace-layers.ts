import type { LayersModel } from '@tensorflow/tfjs-layers';
import { batchNormLayer } from './batch-norm-layer.ts';
import { dilatedLayer } from './dilated-layer.ts';
import { everyLayer } from './every-layer.ts';
import { layerNormLayer } from './layer-norm-layer.ts';
import { lstmLayer } from './lstm-layer.ts';
import { randomLayer } from './random-layers.ts';
import type { LayerCall, LayerLike, Replacement } from './replacement.ts';

const replacements: readonly Replacement[] = [randomLayer, batchNormLayer, layerNormLayer, lstmLayer, dilatedLayer];

/**
 * Puts kd's own computation in the place of some layers'.
 *
 * @param running the model's call under way; while there is none, every layer is as it was
 */
export function replaceLayers(model: LayersModel, running: () => Pick<LayerCall, 'random'> | undefined): void {
  for (const [place, layer] of [...everyLayer(model as unknown as LayerLike)].entries()) {
    const compute = replacements.map((replacement) => replacement(layer, place, model.name)).find((found) => found !== undefined);
    if (!compute) continue;
    const call = layer.call.bind(layer);
    layer.call = (inputs, kwargs) => {
      const scope = running();
      const [first, ...others] = Array.isArray(inputs) ? inputs : [inputs];
      const plain = others.length === 0 && !kwargs.mask && !kwargs.initialState;
      const replaced = scope && compute(first!, { training: kwargs.training ?? false, random: scope.random, plain });
      return replaced ?? call(inputs, kwargs);
    };
  }
}
