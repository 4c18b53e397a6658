import type { GraphModel } from '@tensorflow/tfjs-converter';
import { kdError } from '@kd/core';
import { artifactsOf, orInvalid, type LoadedModel } from './load-layers-model.ts';
import { readModelFiles, type ModelLimits } from './read-model-files.ts';

/**
 * Loads a graph model (a converted TensorFlow SavedModel) from its model.json: good as a teacher, not as a student.
 *
 * @throws KD_MODEL_INVALID (also: a layers model), and what `readModelFiles` throws
 */
export async function loadGraphModel(file: string, limits: ModelLimits = {}): Promise<LoadedModel<GraphModel>> {
  const files = readModelFiles(file, limits);
  if (files.json['format'] === 'layers-model' || !('node' in files.topology)) {
    throw kdError('KD_MODEL_INVALID', { file, problem: 'it is no graph model; load it with loadLayersModel' });
  }
  // Only here: it takes as long to load as the rest of TensorFlow.js.
  const { loadGraphModel: loadFromHandler } = await import('@tensorflow/tfjs-converter');
  const model = await orInvalid(file, () => loadFromHandler({ load: () => Promise.resolve(artifactsOf(files)) }));
  return { model: model as GraphModel, hash: files.hash, weightsHash: files.weightsHash };
}
