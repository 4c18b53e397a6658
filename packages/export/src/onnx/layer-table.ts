import type { LayerWriter } from './layer-call.ts';
import { activationLayers } from './layers/activations.ts';
import { convolutionLayers } from './layers/convolution.ts';
import { dense } from './layers/dense.ts';
import { embedding } from './layers/embedding.ts';
import { identityLayers } from './layers/identity.ts';
import { imageLayers } from './layers/images.ts';
import { mergeLayers } from './layers/merge.ts';
import { normalizationLayers } from './layers/normalization.ts';
import { poolingLayers } from './layers/pooling.ts';
import { shapeLayers } from './layers/shape.ts';

/** How each class of layer is written, by its name in TensorFlow.js. */
export const layerTable: Readonly<Record<string, LayerWriter>> = {
  Dense: dense,
  Embedding: embedding,
  ...activationLayers,
  ...convolutionLayers,
  ...identityLayers,
  ...imageLayers,
  ...mergeLayers,
  ...normalizationLayers,
  ...poolingLayers,
  ...shapeLayers,
};
