import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { kdError, Mistakes, shapeProblems, type KdConfig, type Plugin } from '@kd/core';
import { blaming } from './blame.ts';
import { findConfig } from './find-config.ts';
import { findPlugins, isPath, type NamedPlugin } from './find-plugins.ts';
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
  /** What its mistakes are blamed on: the file, and what was set from outside. */
  readonly source: string;
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
  let config: Record<string, unknown> = { ...layers.config, plugins: layers.plugins.map(({ plugin }) => plugin) };
  let { origins } = layers;
  const fromOutside = [...environmentOverrides(environment), ...overrides];
  for (const override of fromOutside) {
    config = applyOverride(config, override) as Record<string, unknown>;
    origins = withOrigin(origins, override);
  }
  // Plugins that are named from outside are looked for from the config that they are added to.
  const source = [found.file, fromOutside.map(({ origin }) => origin).join(', ')].filter(Boolean).join(' with ');
  const named = expectList(config['plugins'], source).map((plugin): NamedPlugin => layers.plugins.find((known) => known.plugin === plugin) ?? { plugin, from: found.file });
  const plugins = await blaming({ file: found.file, origins }, async () => {
    const missing = new Mistakes();
    const all = await findPlugins(named, missing);
    // What else the config may choose by name is not known without them; its shape is.
    if (all.length < named.length) missing.throwIfAny(source, shapeProblems(config));
    return all;
  });
  return { file: found.file, source, folder: dirname(found.file), config: config as unknown as KdConfig, plugins, origins };
}

/** A replaced value has another origin, and so has all of it; what holds a replaced place comes from both. */
function withOrigin(origins: Readonly<Record<string, string>>, { path, origin }: Override): Record<string, string> {
  const place = path.join('.');
  const kept = Object.entries(origins).filter(([known]) => !known.startsWith(`${place}.`));
  const holders = kept.map(([known, from]): [string, string] => [known, place.startsWith(`${known}.`) ? `${from}, ${origin}` : from]);
  return { ...Object.fromEntries(holders), ...(holders.some(([known]) => place.startsWith(`${known}.`)) ? {} : { [place]: origin }) };
}

function expectList(plugins: unknown, source: string): readonly unknown[] {
  if (!Array.isArray(plugins)) throw kdError('KD_CONFIG_INVALID', { source, problems: [`plugins: expected a list, received ${typeof plugins}`] });
  return plugins;
}

/** Joins lists of plugins; every other key is replaced whole. */
async function withExtends(file: string, config: unknown, above: readonly string[]): Promise<Layers> {
  if (!isPlainObject(config)) throw kdError('KD_CONFIG_UNREADABLE', { file, message: 'it gives no config object' });
  if (above.includes(file)) throw kdError('KD_CONFIG_UNREADABLE', { file, message: `it extends itself (${[...above, file].join(' → ')})` });
  if (above.length >= most) throw kdError('KD_CONFIG_UNREADABLE', { file, message: `more than ${most} configs extend one another` });
  const { extends: bases, plugins = [], ...own } = config;
  let joined: Layers = { config: {}, plugins: [], origins: {} };
  for (const base of Array.isArray(bases) ? bases : bases === undefined ? [] : [bases]) {
    const path = resolve(dirname(file), String(base));
    if (!existsSync(path)) throw kdError('KD_FILE_MISSING', { file: path, what: `The config that ${file} extends` });
    joined = join(joined, await withExtends(path, await readConfigFile(path), [...above, file]));
  }
  // Paths are followed from the file that names them, also where another config extends it.
  const named = expectList(plugins, file).map((plugin): NamedPlugin => ({ plugin: typeof plugin === 'string' && isPath(plugin) ? resolve(dirname(file), plugin) : plugin, from: file }));
  const origins = originsOf(named.length > 0 ? { ...own, plugins } : own, file);
  return join(joined, { config: own, plugins: named, origins });
}

function join(base: Layers, over: Layers): Layers {
  const replaced = new Set(Object.keys(over.config));
  const kept = Object.entries(base.origins).filter(([path]) => !replaced.has(path.split('.')[0]!));
  const both = [base.origins['plugins'], over.origins['plugins']].filter((origin) => origin !== undefined);
  return {
    config: { ...base.config, ...over.config },
    plugins: [...base.plugins, ...over.plugins.filter(({ plugin }) => !base.plugins.some((known) => known.plugin === plugin))],
    origins: { ...Object.fromEntries(kept), ...over.origins, ...(both.length > 0 ? { plugins: both.join(', ') } : {}) },
  };
}
