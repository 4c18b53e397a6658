import type { LayerWriter } from '../layer-call.ts';

const identity: LayerWriter = ({ inputs }) => inputs;

/** What only training knows. */
export const identityLayers: Readonly<Record<string, LayerWriter>> = {
  Dropout: identity,
  SpatialDropout1D: identity,
  AlphaDropout: identity,
  GaussianDropout: identity,
  GaussianNoise: identity,
};
