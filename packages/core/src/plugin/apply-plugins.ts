import { KdError, kdError } from '../errors/kd-error.ts';
import { suggest } from '../errors/suggest.ts';
import { messageOf } from '../errors/wording.ts';
import type { Hooks } from '../run/hooks.ts';
import type { Plugin, PluginContext } from './plugin.ts';
import type { Registry } from './registry.ts';

/**
 * Registers the strategies of plugins and lets each tap what it wants, in their order.
 *
 * @throws KD_PLUGIN_DUPLICATE, KD_PLUGIN_APPLY, KD_HOOK_UNKNOWN
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
function apply(plugin: Plugin, { hooks, services }: PluginContext): void {
  let done: unknown;
  try {
    done = plugin.apply?.({ hooks: knownHooks(hooks, plugin.name), services });
  } catch (error) {
    if (error instanceof KdError) throw error;
    throw kdError('KD_PLUGIN_APPLY', { plugin: plugin.name, message: messageOf(error) }, error);
  }
  if (!(done instanceof Promise)) return;
  done.catch(() => {});
  throw kdError('KD_PLUGIN_APPLY', { plugin: plugin.name, message: 'it is an async function, and nobody waits for its promise' });
}

/** The hooks, and an error for a name that none of them has: a plugin in plain JavaScript has no types to tell it. */
function knownHooks(hooks: Hooks, plugin: string): Hooks {
  return new Proxy(hooks, {
    get(target, name, receiver) {
      if (typeof name === 'string' && !(name in target)) {
        const known = Object.keys(target);
        throw kdError('KD_HOOK_UNKNOWN', { plugin, hook: name, known, suggestion: suggest(name, known) });
      }
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
}
