import type { Environment } from './cache-folder.ts';
import { cachedLibraries } from './cached-libraries.ts';
import { libraryIn, type FoundLibrary } from './library-in.ts';
import { pythonLibrary } from './python-library.ts';

/** Every library that kd knows of here, in the order in which it would take them. */
export async function knownLibraries(environment: Environment = process.env): Promise<readonly FoundLibrary[]> {
  const { KD_TENSORFLOW: variable } = environment;
  const named = variable ? libraryIn(variable, 'the variable KD_TENSORFLOW') : undefined;
  const python = await pythonLibrary(environment);
  return [...(named ? [named] : []), ...cachedLibraries(environment), ...(python ? [python] : [])];
}
