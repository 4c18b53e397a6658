import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { kdError, messageOf } from '@kd/core';
import type * as Ort from 'onnxruntime-common';

/** What is used of ONNX Runtime; its packages offer the same. */
export type OnnxRuntime = Pick<typeof Ort, 'InferenceSession' | 'Tensor' | 'env'>;

/** The packages that can run a model, the faster one first. */
const PACKAGES: readonly string[] = ['onnxruntime-node', 'onnxruntime-web'];
/** Earlier ones do not tell what a model's inputs are. */
const OLDEST_MINOR = 22;

/**
 * The first of the packages that is there and loads: where the config lies, or where this plugin does.
 *
 * @throws KD_PACKAGE_MISSING
 */
export async function loadOnnxRuntime(base: string, who: string): Promise<OnnxRuntime> {
  const problems: string[] = [];
  for (const name of PACKAGES) {
    const file = fileOf(name, join(base, 'package.json')) ?? fileOf(name, import.meta.url);
    if (file === undefined) continue;
    try {
      const runtime = await load(file);
      const version = runtime.env.versions.common;
      if (isNewEnough(version)) return runtime;
      problems.push(`${name} is ${version}, expected 1.${OLDEST_MINOR} or later`);
    } catch (error) {
      problems.push(`${name} is installed, but does not load: ${messageOf(error)}`);
    }
  }
  throw kdError('KD_PACKAGE_MISSING', { who, packages: PACKAGES, folder: base, problems });
}

function fileOf(name: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
}

async function load(file: string): Promise<OnnxRuntime> {
  const loaded = await import(pathToFileURL(file).href) as OnnxRuntime & { readonly default?: OnnxRuntime };
  return loaded.default?.InferenceSession ? loaded.default : loaded;
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 1 || minor >= OLDEST_MINOR;
}
