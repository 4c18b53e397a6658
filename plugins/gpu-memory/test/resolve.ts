import { Registry, ServiceContainer, type MemoryPolicy, type Spec } from '@kd/core';
import gpuMemory from '../src/index.ts';

/** The policy that a config's `memory` chooses. */
export function resolve(spec: Spec): MemoryPolicy {
  const registry = new Registry(new ServiceContainer());
  for (const strategy of gpuMemory.strategies!) registry.add(gpuMemory.name, strategy);
  return registry.resolve('memory', spec, 'memory');
}
