import { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { join } from 'node:path';
import { KdError } from '@kd/core';
import { readModelFiles } from './read-model-files.ts';
import { artifactsFrom } from './save-layers-model.ts';

/** Why a folder does not hold this model with these weights, as a sentence; undefined when it does. */
export async function savedModelProblem(model: LayersModel, folder: string): Promise<string | undefined> {
  const file = join(folder, 'model.json');
  try {
    const saved = readModelFiles(file).weightData;
    const own = io.CompositeArrayBuffer.join((await artifactsFrom(model)).weightData);
    return Buffer.from(saved).equals(Buffer.from(own)) ? undefined : `${file} holds other weights than those that were made.`;
  } catch (error) {
    if (error instanceof KdError) return error.message;
    throw error;
  }
}
