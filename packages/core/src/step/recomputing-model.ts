import { kdError } from '../errors/kd-error.ts';
import type { Model } from '../model/model.ts';

/** The model with its activations recomputed. Throws `KD_RECOMPUTE` with the reason where it cannot. */
export function recomputingModel(model: Model, outputs: readonly string[]): Model {
  const found = model.recomputing?.(outputs) ?? { why: 'it is no layers model, so its layers are not known' };
  if ('why' in found) throw kdError('KD_RECOMPUTE', { model: model.name, why: found.why });
  return found.model;
}
