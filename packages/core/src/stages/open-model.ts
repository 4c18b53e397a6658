import { kdError } from '../errors/kd-error.ts';
import type { GraphModelLike, ModelReference } from '../config/config.ts';
import { fromLayersModel } from '../model/layers-model.ts';
import type { Model } from '../model/model.ts';
import { seededBuild } from '../model/seeded-build.ts';
import type { ResolvedConfig } from '../config/resolve-config.ts';
import { LayersModel } from '@tensorflow/tfjs-layers';
import { LOADER } from './services.ts';

/** A model that can be called; graph models are handed on as they are. */
export type OpenedModel = { readonly kind: 'model'; readonly model: Model } | { readonly kind: 'graph'; readonly graph: GraphModelLike };

/** Follows a reference until a model is there: a path is loaded, a function builds with the run's seed. */
export async function openModel(reference: ModelReference | unknown, who: string, { random, services }: ResolvedConfig): Promise<OpenedModel> {
  let found: unknown = reference;
  if (typeof found === 'string') found = await services.get(LOADER, who).load(found, who);
  if (typeof found === 'function') found = await seededBuild(random, who, () => (found as (context: { seed: number }) => unknown)({ seed: random.seed }));
  if (found instanceof LayersModel) return { kind: 'model', model: fromLayersModel(found) };
  if (isModel(found)) return { kind: 'model', model: found };
  if (isGraphModel(found)) return { kind: 'graph', graph: found };
  throw kdError('KD_MODEL_REFERENCE', { who, received: describe(found) });
}

function isModel(value: unknown): value is Model {
  return typeof value === 'object' && value !== null && 'call' in value && 'variables' in value && 'assign' in value;
}

function isGraphModel(value: unknown): value is GraphModelLike {
  return typeof value === 'object' && value !== null && 'execute' in value && 'predict' in value && 'outputs' in value;
}

function describe(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'apply' in value && 'layers' in value) return 'a layers model of another copy of @tensorflow/tfjs-layers (run `npm ls @tensorflow/tfjs-layers` and keep one)';
  return value === null ? 'null' : typeof value === 'object' ? `an object with ${Object.keys(value).slice(0, 5).join(', ') || 'no keys'}` : typeof value;
}
