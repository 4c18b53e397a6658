import { token, type Token } from '../plugin/tokens.ts';

/** Opens what a config names by a path: a model's file, or a module that gives a model, a data set or a function. */
export interface Loader {
  /** @param who the place in the config, for messages */
  load(reference: string, who: string): Promise<unknown>;
}

/** Provided by @kd/node; without it, a config holds models and data themselves. */
export const LOADER: Token<Loader> = token<Loader>('loader of files and modules');
