import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { kdError, type Plugin } from '@kd/core';
import { createJiti } from 'jiti';

/** A plugin of a config, and the file that named it, which its path or package is looked for from. */
export interface NamedPlugin {
  readonly plugin: unknown;
  readonly from: string;
}

/** Finds plugins by name. A plugin itself is taken as it is. */
export async function findPlugins(named: readonly NamedPlugin[]): Promise<readonly Plugin[]> {
  return Promise.all(named.map(async ({ plugin, from }) => (typeof plugin === 'string' ? findPlugin(plugin, from) : expectPlugin(plugin, 'plugins'))));
}

/** `x` → `@kd/plugin-x`, then `kd-plugin-x`; `@acme/x` → `@acme/kd-plugin-x`; `./x` is a file. */
export function packageNames(name: string): readonly string[] {
  if (/^@[^/]+\/(kd-)?plugin-|^kd-plugin-/.test(name)) return [name];
  const scoped = /^(@[^/]+)\/(.+)$/.exec(name);
  return scoped ? [`${scoped[1]}/kd-plugin-${scoped[2]}`] : [`@kd/plugin-${name}`, `kd-plugin-${name}`];
}

async function findPlugin(name: string, from: string): Promise<Plugin> {
  if (name.startsWith('.') || name.startsWith('/')) {
    const file = resolve(dirname(from), name);
    if (!existsSync(file)) throw kdError('KD_PLUGIN_MISSING', { name, tried: [file] });
    return expectPlugin(await createJiti(from, { fsCache: false }).import(file, { default: true }), name);
  }
  const tried: string[] = [];
  // The project's own copy comes first; what the kd command brings along is there without installing it.
  for (const base of [from, import.meta.url]) {
    for (const candidate of packageNames(name)) {
      try {
        const path = createRequire(base.startsWith('file:') ? base : pathToFileURL(base)).resolve(candidate);
        return expectPlugin(((await import(pathToFileURL(path).href)) as { default: unknown }).default, name);
      } catch (error) {
        if (!isMissing(error)) throw error;
        tried.push(`${candidate} (from ${base.startsWith('file:') ? 'the kd command' : dirname(base)})`);
      }
    }
  }
  throw kdError('KD_PLUGIN_MISSING', { name, tried });
}

function expectPlugin(found: unknown, name: string): Plugin {
  if (typeof found === 'object' && found !== null && typeof (found as Plugin).name === 'string') return found as Plugin;
  throw kdError('KD_PLUGIN_INVALID', { name, problem: found === undefined ? 'it has no default export' : 'its default export has no name' });
}

function isMissing(error: unknown): boolean {
  return ['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED'].includes((error as { code?: string }).code ?? '');
}
