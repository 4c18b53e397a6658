import type { Hooks } from '../run/hooks.ts';
import type { ServiceContainer } from './container.ts';
import type { AnyStrategy, Strategy, StrategyKind } from './strategy.ts';

/** What a plugin reaches when it is applied. */
export interface PluginContext {
  /** tapable hooks: *when*. Every tap is wrapped, so that a failure names this plugin and the hook. */
  readonly hooks: Hooks;
  /** tsyringe: *with what*. */
  readonly services: ServiceContainer;
}

/** A named bundle of strategies and taps. Ours use the same doors as anybody's. */
export interface Plugin {
  /** As a config prefixes its strategies, `acme/focal`; one plugin a name. */
  readonly name: string;
  /** Of a plugin with `apply`: part of what a training is found by. Change it when what the taps do has changed. */
  readonly version?: string;
  /** What a config may choose by name. */
  readonly strategies?: readonly AnyStrategy[];
  /** Called once, before the run starts. */
  apply?(context: PluginContext): void;
}

/** A plugin as its author writes it; strategies may be of any kind. */
export interface PluginDefinition extends Omit<Plugin, 'strategies'> {
  /** What a config may then choose by name; none when left out. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- Each strategy has options of its own type; the registry checks them against its schema.
  readonly strategies?: readonly { [Kind in StrategyKind]: Strategy<Kind, any, any> }[StrategyKind][];
}

/** @example export default definePlugin({ name: 'acme', strategies: [focalLoss] }) */
export function definePlugin(definition: PluginDefinition): Plugin {
  return Object.freeze({ ...definition, strategies: (definition.strategies ?? []) as unknown as readonly AnyStrategy[] });
}
