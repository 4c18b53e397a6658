import type { ResolvedConfig } from '../config/resolve-config.ts';

/** Names the strategies that a student's training may have chosen from: a default depends on what is there. */
export function strategiesIn({ registry, plugins }: ResolvedConfig): readonly string[] {
  const versions = new Map(plugins.map(({ name, version = '' }) => [name, version]));
  return registry.list().map(({ plugin, strategy }) => `${plugin}@${versions.get(plugin) ?? ''}/${strategy.name}`);
}

/** Names the plugins that may reach into any training through hooks. */
export function tapsIn({ plugins }: ResolvedConfig): readonly unknown[] {
  return plugins.filter(({ apply }) => apply).map(({ name, version, apply }) => ({ name, version, apply }));
}
