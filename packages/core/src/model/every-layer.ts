import type { LayerLike } from './replacement.ts';

/** All layers of a model, those inside of wrappers and of models in it too. */
export function* everyLayer(container: Pick<LayerLike, 'layers'>): Generator<LayerLike> {
  for (const layer of container.layers ?? []) {
    yield layer;
    for (const inner of [layer.layer, layer.forwardLayer, layer.backwardLayer]) if (inner) yield* [inner, ...everyLayer(inner)];
    yield* everyLayer(layer);
  }
}
