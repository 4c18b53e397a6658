import { dirname, resolve } from 'node:path';
import { kdError, type KdConfig, type Plugin } from '@kd/core';
import { findConfig } from './find-config.ts';
import { findPlugins, type NamedPlugin } from './find-plugins.ts';
import { isPlainObject, originsOf, type Origins } from './origins.ts';
import { applyOverride, environmentOverrides, type Override } from './overrides.ts';
import { readConfigFile } from './read-config-file.ts';

export interface LoadOptions {
  /** The config file; found from `from` when left out. */
  readonly file?: string | undefined;
  readonly from: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** From flags; they win over everything. */
  readonly overrides: readonly Override[];
}

export interface LoadedConfig {
  readonly file: string;
  /** Relative paths of the config start here. */
  readonly folder: string;
  readonly config: KdConfig;
  readonly plugins: readonly Plugin[];
  readonly origins: Origins;
}

interface Layers {
  readonly config: Record<string, unknown>;
  readonly plugins: readonly NamedPlugin[];
  readonly origins: Record<string, string>;
}

const most = 16;

/** The config of a project: what it extends, the file itself, the environment, flags; later ones win. */
export async function loadConfig({ file, from, environment, overrides }: LoadOptions): Promise<LoadedConfig> {
  const found = await findConfig(file, from);
  const layers = await withExtends(found.file, found.config, []);
  let config: unknown = layers.config;
  const origins = { ...layers.origins };
  for (const override of [...environmentOverrides(environment), ...overrides]) {
    config = applyOverride(config, override);
    const path = override.path.join('.');
    for (const known of Object.keys(origins)) if (known.startsWith(`${path}.`)) delete origins[known];
    origins[path] = override.origin;
  }
  const plugins = await findPlugins(layers.plugins);
  return { file: found.file, folder: dirname(found.file), config: config as KdConfig, plugins, origins };
}

/** Joins lists of plugins; every other key is replaced whole. */
async function withExtends(file: string, config: unknown, above: readonly string[]): Promise<Layers> {
  if (!isPlainObject(config)) throw kdError('KD_CONFIG_UNREADABLE', { file, message: 'it gives no config object' });
  if (above.includes(file) || above.length >= most) throw kdError('KD_CONFIG_UNREADABLE', { file, message: `it extends itself (${[...above, file].join(' → ')})` });
  const { extends: bases, plugins, ...own } = config;
  let joined: Layers = { config: {}, plugins: [], origins: {} };
  for (const base of Array.isArray(bases) ? bases : bases === undefined ? [] : [bases]) {
    const path = resolve(dirname(file), String(base));
    joined = join(joined, await withExtends(path, await readConfigFile(path), [...above, file]));
  }
  const named = (Array.isArray(plugins) ? plugins : []).map((plugin): NamedPlugin => ({ plugin, from: file }));
  return join(joined, { config: own, plugins: named, origins: originsOf(own, file) });
}

function join(base: Layers, over: Layers): Layers {
  const replaced = new Set(Object.keys(over.config));
  const kept = Object.entries(base.origins).filter(([path]) => !replaced.has(path.split('.')[0]!));
  return {
    config: { ...base.config, ...over.config },
    plugins: [...base.plugins, ...over.plugins.filter(({ plugin }) => !base.plugins.some((known) => known.plugin === plugin))],
    origins: { ...Object.fromEntries(kept), ...over.origins },
  };
}
