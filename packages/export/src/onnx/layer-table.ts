import type { LayerWriter } from './layer-call.ts';
import { activationLayers } from './layers/activations.ts';
import { convolutionLayers } from './layers/convolution.ts';
import { dense } from './layers/dense.ts';
import { embedding } from './layers/embedding.ts';
import { identityLayers } from './layers/identity.ts';
import { imageLayers } from './layers/images.ts';
import { masking } from './layers/masking.ts';
import { mergeLayers } from './layers/merge.ts';
import { normalizationLayers } from './layers/normalization.ts';
import { poolingLayers } from './layers/pooling.ts';
import { recurrentLayers } from './layers/recurrent.ts';
import { shapeLayers } from './layers/shape.ts';
import { timeDistributed } from './layers/time-distributed.ts';

/** How each class of layer is written, by its name in TensorFlow.js. */
export const layerTable: Readonly<Record<string, LayerWriter>> = {
  Dense: dense,
  Embedding: embedding,
  Masking: masking,
  TimeDistributed: timeDistributed,
  ...activationLayers,
  ...convolutionLayers,
  ...identityLayers,
  ...imageLayers,
  ...mergeLayers,
  ...normalizationLayers,
  ...poolingLayers,
  ...recurrentLayers,
  ...shapeLayers,
};
