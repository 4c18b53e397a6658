import type { ServiceContainer } from '../plugin/container.ts';
import { token, type Token } from '../plugin/tokens.ts';
import type { Backend } from '../runtime/backend.ts';
import type { Compile } from '../tensor/pure-function.ts';

/** Opens what a config names by a path: a model's file, or a module that gives a model, a data set or a function. */
export interface Loader {
  /** @param who the place in the config, for messages */
  load(reference: string, who: string): Promise<unknown>;
}

/** Provided by `nodePlugin` of @kd/node; without it, a config holds models and data themselves. */
export const LOADER: Token<Loader> = token<Loader>('loader of files and modules');

/** What computes; provided once it has started. */
export const BACKEND: Token<Backend> = token<Backend>('backend');

/** The backend's `compile`, where one has started that has it. */
export function compileOf(services: ServiceContainer): Compile | undefined {
  return services.has(BACKEND) ? services.get(BACKEND, 'a model').compile : undefined;
}
