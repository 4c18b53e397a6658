import type { io } from '@tensorflow/tfjs-core';
import { loadLayersModel as loadFromHandler, type LayersModel } from '@tensorflow/tfjs-layers';
import { KdError, kdError, messageOf } from '@kd/core';
import { checkTopology } from './check-topology.ts';
import { readModelFiles, type ModelFiles, type ModelLimits } from './read-model-files.ts';

export interface LoadedModel<Model> {
  readonly model: Model;
  /** sha256 of description and weights: names the model. */
  readonly hash: string;
  /** sha256 of the weights alone, as a safetensors file would hold them. */
  readonly weightsHash: string;
}

/**
 * Loads a layers model from its model.json. A training configuration in it is left alone.
 *
 * @throws KD_MODEL_CLASS_UNKNOWN, KD_MODEL_INVALID (also: a graph model), and what `readModelFiles` throws
 */
export async function loadLayersModel(file: string, limits: ModelLimits = {}): Promise<LoadedModel<LayersModel>> {
  const files = readModelFiles(file, limits);
  if (files.json['format'] === 'graph-model' || 'node' in files.topology) {
    throw kdError('KD_MODEL_INVALID', { file, problem: 'it is a graph model, which cannot be trained or taken apart; load it with loadGraphModel' });
  }
  const text = files.specs.find(({ dtype }) => dtype === 'string');
  if (text) throw kdError('KD_MODEL_INVALID', { file, problem: `weight '${text.name}' is text` });
  checkTopology(files.topology, files.specs, file);
  const model = await orInvalid(file, () => loadFromHandler({ load: () => Promise.resolve(artifactsOf(files)) }));
  return { model, hash: files.hash, weightsHash: files.weightsHash };
}

export function artifactsOf({ json, topology, specs, weightData }: ModelFiles): io.ModelArtifacts {
  const { signature, userDefinedMetadata, format, generatedBy, convertedBy } = json as Partial<io.ModelArtifacts>;
  return {
    modelTopology: topology,
    weightSpecs: specs.map((spec) => ({ ...spec, shape: [...spec.shape] })) as io.WeightsManifestEntry[],
    weightData,
    ...(format !== undefined ? { format } : {}),
    ...(generatedBy !== undefined ? { generatedBy } : {}),
    ...(convertedBy !== undefined ? { convertedBy } : {}),
    ...(signature !== undefined ? { signature } : {}),
    ...(userDefinedMetadata !== undefined ? { userDefinedMetadata } : {}),
  };
}

/** What TensorFlow.js throws while it builds a model, as an error that names the file. */
export async function orInvalid<Model>(file: string, build: () => Promise<Model>): Promise<Model> {
  try {
    return await build();
  } catch (error) {
    if (error instanceof KdError) throw error;
    throw kdError('KD_MODEL_INVALID', { file, problem: messageOf(error).split('\n')[0]!.replace(/\.$/, '') }, error);
  }
}
