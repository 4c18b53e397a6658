import { join } from 'node:path';
import { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { kdError } from '@kd/core';
import { durableWrite } from '../files/durable-write.ts';
import { makeFolder } from '../files/make-folder.ts';
import { hashOfModel } from './read-model-files.ts';
import { quantizeWeights, type WeightPrecision } from './quantize-weights.ts';
import { hashOfWeights, takeWeights } from './take-weights.ts';
import type { WeightEntry } from './weight-entry.ts';

export interface SavedModel {
  readonly file: string;
  readonly hash: string;
  readonly weightsHash: string;
  /** Of both files together. */
  readonly bytes: number;
}

export interface SaveOptions {
  /** Plain JSON data that goes with the model, under `userDefinedMetadata.kd`. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** How the file holds matrices; default `float32`. */
  readonly precision?: WeightPrecision;
}

/**
 * Saves a layers model as `model.json` and `weights.bin`, the format that `tf.loadLayersModel` reads everywhere. Each file
 * appears whole or not at all; model.json, written last, records hashes of the layers and their weights, so that a mixed
 * pair and damage are found.
 *
 * @throws KD_MODEL_INVALID when a weight is not finite (nothing is written), KD_DISK
 */
export async function saveLayersModel(model: LayersModel, folder: string, { metadata = {}, precision = 'float32' }: SaveOptions = {}): Promise<SavedModel> {
  const file = join(folder, 'model.json');
  const { modelTopology, weightSpecs, weightData, userDefinedMetadata, format, generatedBy } = await artifactsFrom(model);
  const given = takeWeights(weightSpecs as WeightEntry[], io.CompositeArrayBuffer.join(weightData), file);
  const { specs, data } = quantizeWeights(given, precision);
  const weightsHash = hashOfWeights(takeWeights(specs, data, file));
  const hash = hashOfModel(modelTopology, weightsHash);
  await makeFolder(folder);
  const weights = await durableWrite(join(folder, 'weights.bin'), new Uint8Array(data));
  const json = JSON.stringify({
    format,
    generatedBy,
    convertedBy: null,
    modelTopology,
    weightsManifest: [{ paths: ['weights.bin'], weights: specs }],
    userDefinedMetadata: { ...userDefinedMetadata, kd: { ...metadata, weightsHash, hash } },
  });
  const described = await durableWrite(file, json);
  return { file, hash, weightsHash, bytes: weights.bytes + described.bytes };
}

/** What TensorFlow.js would write, in memory. */
export async function artifactsFrom(model: LayersModel): Promise<io.ModelArtifacts> {
  let artifacts: io.ModelArtifacts | undefined;
  await model.save(io.withSaveHandler((given) => {
    artifacts = given;
    return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
  }));
  if (!artifacts?.weightData || !artifacts.weightSpecs) throw kdError('KD_MODEL_INVALID', { file: model.name, problem: 'it gave no weights to save' });
  return artifacts;
}
