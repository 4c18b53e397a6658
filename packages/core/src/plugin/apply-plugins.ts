import { KdError, kdError } from '../errors/kd-error.ts';
import { messageOf } from '../errors/wording.ts';
import type { Plugin, PluginContext } from './plugin.ts';
import type { Registry } from './registry.ts';

/**
 * Registers the strategies of plugins and lets each tap what it wants, in their order.
 *
 * @throws KD_PLUGIN_DUPLICATE, KD_PLUGIN_FAILED
 */
export function applyPlugins(plugins: readonly Plugin[], registry: Registry, context: PluginContext): void {
  const names = new Set<string>();
  for (const plugin of plugins) {
    if (names.has(plugin.name)) throw kdError('KD_PLUGIN_DUPLICATE', { name: plugin.name });
    names.add(plugin.name);
    for (const strategy of plugin.strategies ?? []) registry.add(plugin.name, strategy);
    apply(plugin, context);
  }
}

/** What a plugin throws names it. */
function apply(plugin: Plugin, context: PluginContext): void {
  try {
    plugin.apply?.(context);
  } catch (error) {
    if (error instanceof KdError) throw error;
    throw kdError('KD_PLUGIN_FAILED', { plugin: plugin.name, hook: 'apply', message: messageOf(error) }, error);
  }
}
