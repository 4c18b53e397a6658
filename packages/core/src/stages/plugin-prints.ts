import type { ResolvedConfig } from '../config/resolve-config.ts';

/** Names the strategies that were taken for some places of the config: a default depends on what is there. */
export function strategiesIn({ registry, plugins }: ResolvedConfig, at: (where: string) => boolean): readonly string[] {
  const versions = new Map(plugins.map(({ name, version = '' }) => [name, version]));
  const taken = registry.taken.filter(({ where }) => at(where)).map(({ where, plugin, strategy }) => `${where}: ${plugin}@${versions.get(plugin) ?? ''}/${strategy.name}`);
  return [...new Set(taken)].sort();
}

/** Names the plugins that may reach into any training through hooks. */
export function tapsIn({ plugins }: ResolvedConfig): readonly unknown[] {
  return plugins.filter(({ apply }) => apply).map(({ name, version, apply }) => ({ name, version, apply }));
}
