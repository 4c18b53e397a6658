import { resolve } from 'node:path';
import { builtIn, KdError, LOADER, Mistakes, Registry, resolveConfig, ServiceContainer, type Plugin, type ResolvedConfig } from '@kd/core';
import { BASE_FOLDER, fileLoader, nodePlugin } from '@kd/node';
import { blaming } from './config/blame.ts';
import { loadConfig, type LoadedConfig } from './config/load-config.ts';
import { openPreprocesses } from './config/open-preprocesses.ts';
import { parseOverride, type Override } from './config/overrides.ts';
import type { GlobalFlags } from './flags.ts';

/** A config, found, loaded and resolved. */
export interface Session {
  readonly loaded: LoadedConfig;
  readonly resolved: ResolvedConfig;
  /** Where the run keeps its files. */
  readonly runFolder: string;
}

export async function openSession(flags: GlobalFlags): Promise<Session> {
  const loaded = await loadConfig({ file: flags.config, from: process.cwd(), environment: process.env, overrides: overridesOf(flags) });
  const { config, plugins, source, folder } = loaded;
  const loader = fileLoader(folder);
  const services = new ServiceContainer().provide(LOADER, loader).provide(BASE_FOLDER, folder);
  const resolved = await blaming(loaded, async () => {
    const missing = new Mistakes();
    const opened = await openPreprocesses(config, loader, missing);
    missing.throwIfAny(source);
    return resolveConfig(opened, { source, services, plugins: [nodePlugin, ...plugins, ...(await defaultPlugins(plugins.map(({ name }) => name)))] });
  });
  return { loaded, resolved, runFolder: flags.out === undefined ? resolve(folder, 'runs', resolved.name) : resolve(flags.out) };
}

/** What a config can choose by name: with the plugins of the config, where there is one. */
export async function openRegistry(flags: GlobalFlags): Promise<Registry> {
  try {
    return (await openSession(flags)).resolved.registry;
  } catch (error) {
    if (!(error instanceof KdError && error.code === 'KD_CONFIG_MISSING' && flags.config === undefined)) throw error;
  }
  const registry = new Registry(new ServiceContainer());
  for (const { name, strategies = [] } of [builtIn, nodePlugin, ...(await defaultPlugins())]) for (const strategy of strategies) registry.add(name, strategy);
  return registry;
}

/** Plugins that the kd command brings along: the default α, and the native runtime, which `auto` takes where it is installed. */
async function defaultPlugins(named: readonly string[] = []): Promise<readonly Plugin[]> {
  const all = [(await import('@kd/plugin-adaptive-alpha')).default, (await import('@kd/plugin-backend-tensorflow')).default];
  return all.filter(({ name }) => !named.includes(name));
}

function overridesOf({ set = [], seed, name }: GlobalFlags): readonly Override[] {
  return [
    ...set.map((text) => parseOverride(text, `--set ${text}`)),
    ...(seed === undefined ? [] : [parseOverride(`seed=${seed}`, `--seed ${seed}`)]),
    ...(name === undefined ? [] : [{ path: ['name'], value: name, origin: `--name ${name}` }]),
  ];
}
