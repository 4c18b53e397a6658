import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { kdError, messageOf, type Loader } from '@kd/core';
import { createJiti } from 'jiti';
import { loadGraphModel } from '../models/load-graph-model.ts';
import { loadLayersModel } from '../models/load-layers-model.ts';
import { nextForForeign } from './foreign-file.ts';

/**
 * Opens what a config names by a path: `model.json` of a layers or graph model, a folder that holds one, or a module
 * (`.ts`, `.js`, `.mjs`, `.mts`) whose default export is a model, a data set or a function.
 *
 * @param baseFolder where relative paths start
 */
export function fileLoader(baseFolder: string): Loader {
  const jiti = createJiti(`${baseFolder}/`, { fsCache: false });
  return {
    async load(reference, who) {
      const path = resolve(baseFolder, reference);
      const file = existsSync(resolve(path, 'model.json')) ? resolve(path, 'model.json') : path;
      if (!existsSync(file)) throw kdError('KD_FILE_MISSING', { file, what: who });
      if (file.endsWith('.json')) return isGraphModel(file) ? (await loadGraphModel(file)).model : (await loadLayersModel(file)).model;
      const next = nextForForeign(file);
      if (next !== undefined) throw kdError('KD_FILE_FOREIGN', { file, who, next });
      try {
        return await jiti.import(file, { default: true });
      } catch (error) {
        if (isKdError(error)) throw error;
        throw kdError('KD_MODULE_FAILED', { file, who, message: messageOf(error) }, error);
      }
    },
  };
}

/** By name: a module may bring its own copy of kd. */
function isKdError(error: unknown): boolean {
  return error instanceof Error && error.name === 'KdError';
}

/** Only a glance: the loaders check the file as a whole. */
function isGraphModel(file: string): boolean {
  const text = readFileSync(file, 'utf8');
  return /"format"\s*:\s*"graph-model"/.test(text) || /"modelTopology"\s*:\s*\{\s*"node"/.test(text);
}
