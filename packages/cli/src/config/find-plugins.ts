import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KdError, kdError, messageOf, type Mistakes, type Plugin } from '@kd/core';
import { createJiti } from 'jiti';

/** A plugin of a config, and the file that named it, which its path or package is looked for from. */
export interface NamedPlugin {
  readonly plugin: unknown;
  readonly from: string;
}

/** Finds plugins by name; those that cannot be had are said to `mistakes`. A plugin itself is taken as it is. */
export async function findPlugins(named: readonly NamedPlugin[], mistakes: Mistakes): Promise<readonly Plugin[]> {
  const found = await Promise.all(named.map(({ plugin, from }) => mistakes.attemptLater(async () => (typeof plugin === 'string' ? findPlugin(plugin, from) : expectPlugin(plugin, 'plugins')))));
  return found.filter((plugin) => plugin !== undefined);
}

/** `x` → `@kd/plugin-x`, then `kd-plugin-x`; `@acme/x` → `@acme/kd-plugin-x`; `./x` is a file. */
function packageNames(name: string): readonly string[] {
  if (/^@[^/]+\/(kd-)?plugin-|^kd-plugin-/.test(name)) return [name];
  const scoped = /^(@[^/]+)\/(.+)$/.exec(name);
  return scoped ? [`${scoped[1]}/kd-plugin-${scoped[2]}`] : [`@kd/plugin-${name}`, `kd-plugin-${name}`];
}

/** Whether the name is that of a file. */
export function isPath(name: string): boolean {
  return name.startsWith('.') || name.startsWith('/');
}

async function findPlugin(name: string, from: string): Promise<Plugin> {
  if (isPath(name)) {
    const file = resolve(dirname(from), name);
    if (!existsSync(file)) throw kdError('KD_PLUGIN_MISSING', { name, tried: [file] });
    return expectPlugin(await load(name, file, () => createJiti(from, { fsCache: false }).import(file, { default: true })), name);
  }
  const tried: string[] = [];
  // The project's own copy comes first; what the kd command brings along is there without installing it.
  for (const base of [from, fileURLToPath(import.meta.url)]) {
    const { esmResolve } = createJiti(base, { fsCache: false });
    for (const candidate of packageNames(name)) {
      const url = esmResolve(candidate, { try: true });
      if (url) return expectPlugin(((await load(name, fileURLToPath(url), () => import(url))) as { default: unknown }).default, name);
      tried.push(`${candidate} (from ${base === from ? dirname(base) : 'the kd command'})`);
    }
  }
  throw kdError('KD_PLUGIN_MISSING', { name, tried });
}

/** A plugin that is there and cannot be loaded is not a missing one. */
async function load(name: string, file: string, open: () => Promise<unknown>): Promise<unknown> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof KdError) throw error;
    throw kdError('KD_MODULE_FAILED', { file, who: `plugin '${name}'`, message: messageOf(error) }, error);
  }
}

function expectPlugin(found: unknown, name: string): Plugin {
  if (isPlugin(found)) return found;
  // A CommonJS package that was compiled from `export default` has it one level deeper.
  const inner = (Object(found) as { default?: unknown }).default;
  if (isPlugin(inner)) return inner;
  throw kdError('KD_PLUGIN_INVALID', { name, problem: found === undefined ? 'it has no default export' : 'it has no default export, or one without a name' });
}

function isPlugin(found: unknown): found is Plugin {
  return typeof found === 'object' && found !== null && typeof (found as Plugin).name === 'string';
}
