import { scalar } from '@tensorflow/tfjs-core';
import { LayersModel } from '@tensorflow/tfjs-layers';
import { KdError, kdError } from '../errors/kd-error.ts';
import { messageOf } from '../errors/wording.ts';
import type { GraphModelLike, ModelReference } from '../config/config.ts';
import { compiledModel } from '../model/compiled-model.ts';
import { fromLayersModel } from '../model/layers-model.ts';
import type { Model } from '../model/model.ts';
import { seededBuild } from '../model/seeded-build.ts';
import type { ResolvedConfig } from '../config/resolve-config.ts';
import { compileOf, LOADER } from './services.ts';

/** A model that can be called; graph models are handed on as they are. `free`: set where the run has built it. */
export type OpenedModel = { readonly kind: 'model'; readonly model: Model; readonly free?: () => void } | { readonly kind: 'graph'; readonly graph: GraphModelLike };

/** Follows a reference until a model is there: a path is loaded, a function builds with the run's seed. */
export async function openModel(reference: ModelReference | unknown, who: string, { random, services }: ResolvedConfig): Promise<OpenedModel> {
  let found: unknown = reference;
  if (typeof found === 'string') found = await services.get(LOADER, who).load(found, who);
  const youngest = nextTensor();
  const compile = compileOf(services);
  if (typeof found === 'function') found = await seededBuild(random, who, () => (found as Builder)({ seed: random.seed })).catch((error: unknown) => failedToBuild(error, who));
  if (found instanceof LayersModel) {
    expectBuilt(found, who);
    const model = found;
    // A function may also hand out a model that somebody else goes on using.
    const ours = model !== reference && typeof reference === 'function' && model.weights.every((weight) => weight.read().id > youngest);
    const pure = fromLayersModel(model);
    return { kind: 'model', model: compile ? compiledModel(pure, compile) : pure, ...(ours ? { free: () => void model.dispose() } : {}) };
  }
  if (isModel(found)) return { kind: 'model', model: found };
  if (isGraphModel(found)) return { kind: 'graph', graph: found };
  throw kdError('KD_MODEL_REFERENCE', { who, received: describe(found) });
}

type Builder = (context: { readonly seed: number }) => unknown;

/** What a function that builds a model throws is its own mistake, not one of kd. */
function failedToBuild(error: unknown, who: string): never {
  if (error instanceof KdError) throw error;
  throw kdError('KD_MODEL_REFERENCE', { who, received: `a function that failed (${messageOf(error)})` }, error);
}

/** Tensors are numbered in the order in which they are made. */
function nextTensor(): number {
  const probe = scalar(0);
  probe.dispose();
  return probe.id;
}

function expectBuilt(model: LayersModel, who: string): void {
  if (!model.inputs?.length) throw kdError('KD_MODEL_REFERENCE', { who, received: 'a sequential model whose first layer has no `inputShape`' });
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
