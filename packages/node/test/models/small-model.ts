import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll } from 'vitest';
import { saveLayersModel } from '../../src/models/save-layers-model.ts';
import { temporaryFolder } from '../temporary-folder.ts';

export interface SavedModel {
  readonly folder: string;
  readonly hash: string;
  /** What the model made of one sample before it was saved. */
  readonly answers: readonly number[];
}

export interface ModelJson {
  format?: string;
  modelTopology: Record<string, unknown>;
  weightsManifest: { paths: string[]; weights: { name: string; shape: unknown; dtype: string; quantization?: unknown }[] }[];
  userDefinedMetadata?: unknown;
  [key: string]: unknown;
}

/** Four numbers in, two out, with a normalisation between. */
export function smallModel(): layers.LayersModel {
  const input = layers.input({ shape: [4], name: 'x' });
  const hidden = layers.layers.dense({ units: 3, activation: 'relu', name: 'hidden' }).apply(input);
  const normal = layers.layers.batchNormalization({ name: 'norm' }).apply(hidden);
  return layers.model({ inputs: input, outputs: layers.layers.dense({ units: 2, name: 'logits' }).apply(normal) as layers.SymbolicTensor });
}

/** What a model makes of one sample. */
export function answer(model: { predict(x: tf.Tensor): tf.Tensor | tf.Tensor[] | tf.NamedTensorMap }): number[] {
  return tf.tidy(() => Array.from((model.predict(tf.tensor2d([[1, -2, 0.5, 3]])) as tf.Tensor).dataSync()));
}

/** Saves a small model before a file's first test; it is there in all of them. */
export function withSavedModel(): SavedModel {
  const saved = { folder: '', hash: '', answers: [] as readonly number[] };
  beforeAll(async () => {
    await tf.setBackend('cpu');
    const model = smallModel();
    saved.folder = mkdtempSync(join(tmpdir(), 'kd-test-'));
    saved.answers = answer(model);
    saved.hash = (await saveLayersModel(model, saved.folder, { metadata: { run: 'a' } })).hash;
    model.dispose();
  });
  afterAll(() => rmSync(saved.folder, { recursive: true }));
  return saved;
}

/** The file of a copy of a saved model, changed. */
export function changedCopy({ folder: from }: SavedModel, change: (json: ModelJson, folder: string) => void): string {
  const folder = temporaryFolder();
  cpSync(from, folder, { recursive: true });
  const file = join(folder, 'model.json');
  const json = JSON.parse(readFileSync(file, 'utf8')) as ModelJson;
  change(json, folder);
  writeFileSync(file, JSON.stringify(json));
  return file;
}
