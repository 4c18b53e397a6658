import { completeTensorMethods } from '../model/complete-tensor-methods.ts';
import type { Backend } from '../runtime/backend.ts';
import { kdError } from '../errors/kd-error.ts';
import type { ResolvedConfig } from '../config/resolve-config.ts';
import { BACKEND } from './services.ts';

/** The backend that was started, and the line that says which and why. */
export interface StartedBackend {
  readonly backend: Backend;
  readonly why: string;
}

/** Starts the backend that the config names, or, with `auto`, the fastest that is available. */
export async function startBackend({ config, registry, memory, services }: ResolvedConfig): Promise<StartedBackend> {
  completeTensorMethods();
  const chosen = config.backend ?? 'auto';
  const { backend, why } = chosen === 'auto' ? await fastestBackend(registry) : await named(registry.resolve('backend', chosen, 'backend'));
  await memory.configure?.(backend);
  await backend.start();
  services.provide(BACKEND, backend);
  return { backend, why };
}

async function named(backend: Backend): Promise<StartedBackend> {
  const available = await backend.available();
  if (available !== true) throw kdError('KD_BACKEND_UNAVAILABLE', { backend: backend.name, why: available });
  return { backend, why: `${backend.name} (asked for)` };
}

/**
 * The backend that `auto` takes, not started, and why.
 *
 * @throws KD_BACKEND_UNAVAILABLE when none can be used
 */
export async function fastestBackend(registry: ResolvedConfig['registry']): Promise<StartedBackend> {
  const missing: string[] = [];
  const candidates = registry.list('backend').map(({ strategy }) => registry.resolve('backend', strategy.name, 'backend')).filter(({ rank }) => rank > 0);
  for (const backend of candidates.sort((a, b) => b.rank - a.rank)) {
    const available = await backend.available();
    if (available === true) return { backend, why: missing.length === 0 ? `${backend.name}, the fastest here` : `${backend.name}, the fastest here (${missing.join('; ')})` };
    missing.push(`${backend.name}: ${available}`);
  }
  throw kdError('KD_BACKEND_UNAVAILABLE', { backend: 'auto', why: missing.join('; ') || 'no backend is installed' });
}
