import { builtIn, Registry, ServiceContainer, type AnyStrategy, type Strategy, type StrategyKind, type StrategyKinds } from '@kd/core';
import { failing, type Fail } from './fail.ts';

/** A strategy as a plugin exports it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each has options and services of its own type
export type StrategyOf<Kind extends StrategyKind> = Strategy<Kind, any, any>;

export interface SubjectOptions {
  /** The strategy's options, as a config writes them. */
  readonly options?: unknown;
  /** Gives the services that the strategy injects. */
  readonly services?: (container: ServiceContainer) => void;
}

export interface Subject<Made> {
  readonly made: Made;
  readonly fail: Fail;
  /** The same once more, so that two of them can be seen to share nothing. */
  again(): Made;
}

/** What is checked: a strategy, made as a run makes it, or what one has made. */
export function subjectOf<Kind extends StrategyKind>(kind: Kind, given: StrategyOf<Kind> | StrategyKinds[Kind], { options, services }: SubjectOptions): Subject<StrategyKinds[Kind]> {
  if (!isStrategy(kind, given)) return { made: given as StrategyKinds[Kind], fail: failing(`this ${kind}`), again: () => given as StrategyKinds[Kind] };
  const make = (): StrategyKinds[Kind] => {
    const container = new ServiceContainer();
    services?.(container);
    const registry = new Registry(container);
    for (const strategy of builtIn.strategies ?? []) registry.add(builtIn.name, strategy);
    registry.add('checked', given as unknown as AnyStrategy);
    return registry.resolve(kind, options === undefined ? `checked/${given.name}` : [`checked/${given.name}`, options], 'options');
  };
  return { made: make(), fail: failing(`${kind} '${given.name}'`), again: make };
}

function isStrategy<Kind extends StrategyKind>(kind: Kind, given: StrategyOf<Kind> | StrategyKinds[Kind]): given is StrategyOf<Kind> {
  return 'create' in given && 'kind' in given && given.kind === kind;
}
