import { Registry, ServiceContainer, type AlphaScheduler, type Spec } from '@kd/core';
import adaptiveAlpha from '../src/index.ts';

/** The scheduler that a config's `alpha` chooses. */
export function resolve(spec: Spec): AlphaScheduler {
  const registry = new Registry(new ServiceContainer());
  for (const strategy of adaptiveAlpha.strategies!) registry.add(adaptiveAlpha.name, strategy);
  return registry.resolve('alpha', spec, 'alpha');
}
