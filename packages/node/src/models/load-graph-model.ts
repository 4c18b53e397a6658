import type { GraphModel } from '@tensorflow/tfjs-converter';
import { kdError } from '@kd/core';
import { artifactsOf, orInvalid, type LoadedModel } from './load-layers-model.ts';
import { readModelFiles, type ModelLimits } from './read-model-files.ts';

/**
 * Loads a graph model (a converted TensorFlow SavedModel) from its model.json: good as a teacher, not as a student.
 *
 * @throws KD_MODEL_INVALID (also: a layers model, or one with batch normalisation of channels that are not last), and what `readModelFiles` throws
 */
export async function loadGraphModel(file: string, limits: ModelLimits = {}): Promise<LoadedModel<GraphModel>> {
  const files = readModelFiles(file, limits);
  if (files.json['format'] === 'layers-model' || !('node' in files.topology)) {
    throw kdError('KD_MODEL_INVALID', { file, problem: 'it is no graph model; load it with loadLayersModel' });
  }
  expectChannelsLast(files.topology, file);
  // Only here: it takes as long to load as the rest of TensorFlow.js.
  const { loadGraphModel: loadFromHandler } = await import('@tensorflow/tfjs-converter');
  const model = await orInvalid(file, () => loadFromHandler({ load: () => Promise.resolve(artifactsOf(files)) }));
  return { model: model as GraphModel, hash: files.hash, weightsHash: files.weightsHash };
}

interface GraphNode {
  readonly name?: unknown;
  readonly op?: unknown;
  readonly attr?: { readonly data_format?: { readonly s?: unknown } };
}

/** TensorFlow.js does not read which axis a graph's batch normalisation is about: it takes the last, and its answers are wrong. */
function expectChannelsLast({ node, library }: Readonly<Record<string, unknown>>, file: string): void {
  const functions = (library as { function?: readonly { nodeDef?: unknown }[] } | undefined)?.function ?? [];
  const nodes = [node, ...functions.map(({ nodeDef }) => nodeDef)].flatMap((list) => (Array.isArray(list) ? (list as GraphNode[]) : []));
  const wrong = nodes.find(({ op, attr }) => String(op).startsWith('FusedBatchNorm') && formatOf(attr?.data_format?.s).startsWith('NC'));
  if (wrong) throw kdError('KD_MODEL_INVALID', { file, problem: `its node '${String(wrong.name)}' normalises channels that are not last (NCHW), which TensorFlow.js computes as if they were. Convert a model with the channels last, or use it as a SavedModel or as ONNX` });
}

/** Text of a graph in JSON: base64, or the codes of its characters. */
function formatOf(text: unknown): string {
  return Array.isArray(text) ? String.fromCharCode(...(text as number[])) : Buffer.from(String(text ?? ''), 'base64').toString('latin1');
}
