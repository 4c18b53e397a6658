import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { KdError, kdError, messageOf } from '@kd/core';
import { createJiti } from 'jiti';
import { defaultLoaders } from 'cosmiconfig';
import { forbiddenKeys } from './forbidden-keys.ts';

const largest = 1 << 20;
const deepest = 64;
/** A list that is named twice counts twice: a few aliases of aliases make millions of values. */
const mostValues = 100_000;

/** What a config file says: a module's default export (called, if it is a function), JSON or YAML. */
export async function readConfigFile(file: string): Promise<unknown> {
  try {
    if (['.ts', '.mts', '.js', '.mjs'].includes(extname(file))) {
      const found = await createJiti(file, { fsCache: false }).import(file, { default: true });
      return typeof found === 'function' ? await made(found as () => unknown) : found;
    }
    if (statSync(file).size > largest) throw new Error(`it is larger than ${largest} bytes`);
    const bytes = readFileSync(file);
    if (!isUtf8(bytes)) throw new Error('it is no valid UTF-8');
    const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
    const parsed: unknown = extname(file) === '.json' ? JSON.parse(text) : defaultLoaders['.yaml'](file, text);
    // Only its `kd` is ours.
    if (basename(file) === 'package.json') return { kd: expectPlain((parsed as { kd?: unknown } | null)?.kd) };
    return expectPlain(parsed);
  } catch (error) {
    if (error instanceof KdError) throw error;
    throw kdError('KD_CONFIG_UNREADABLE', { file, message: messageOf(error) }, error);
  }
}

async function made(build: () => unknown): Promise<unknown> {
  try {
    return await build();
  } catch (error) {
    throw error instanceof KdError ? error : new Error(`its default export, a function that should return the config, failed: ${messageOf(error)}`, { cause: error });
  }
}

/** Data from outside may neither nest or repeat without end nor reach into objects' prototypes. */
function expectPlain(config: unknown): unknown {
  let values = 0;
  const visit = (value: unknown, depth: number): void => {
    if (depth > deepest) throw new Error(`it nests deeper than ${deepest} levels`);
    if (++values > mostValues) throw new Error(`it holds more than ${mostValues} values`);
    if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`it holds ${value}`);
    if (typeof value !== 'object' || value === null) return;
    for (const key of Object.keys(value)) {
      if (forbiddenKeys.has(key)) throw new Error(`'${key}' cannot be a key`);
      visit((value as Record<string, unknown>)[key], depth + 1);
    }
  };
  visit(config, 0);
  return config;
}
