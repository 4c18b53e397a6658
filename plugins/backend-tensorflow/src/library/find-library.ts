import { cacheFolder, type Environment } from './cache-folder.ts';
import { cachedLibraries } from './cached-libraries.ts';
import { isWhole } from './is-whole.ts';
import { libraryIn, type FoundLibrary } from './library-in.ts';
import { here, libraryNames } from './platform.ts';
import { pythonLibrary } from './python-library.ts';
import { compareVersions, oldestVersion } from './versions.ts';

/** Why there is none, and what to do about it. */
export interface NotFound {
  readonly why: string;
}

export interface FindOptions {
  /** A folder that holds the libraries, or the file `libtensorflow_cc` itself: it, and no other. */
  readonly library?: string | undefined;
  /** Default: that of the process. */
  readonly environment?: Environment;
}

const correct = 'correct it, or leave it out';
const install = '`npx kd backend install tensorflow` fetches it';

/**
 * Finds TensorFlow's library (2.18 or later): the option, `KD_TENSORFLOW`, the newest in kd's cache, that of a Python
 * environment (`VIRTUAL_ENV`, `CONDA_PREFIX`, `python3`). `KD_TENSORFLOW=off` finds none. What was named and is not there is not replaced by another.
 */
export async function findLibrary({ library, environment = process.env }: FindOptions = {}): Promise<FoundLibrary | NotFound> {
  const names = libraryNames();
  if (!names) return { why: `TensorFlow has no library for ${here.os} ${here.arch}${here.os === 'win32' ? '; run kd inside WSL' : ''}` };
  const { KD_TENSORFLOW: variable } = environment;
  if (!library && variable === 'off') return { why: 'the variable KD_TENSORFLOW is off' };
  const named = library || variable;
  if (named) {
    const how = library ? 'the option library' : 'the variable KD_TENSORFLOW';
    const found = libraryIn(named, how);
    return found ? usable(found, correct) : { why: `${how} is ${named}, which holds no ${names.cc} and ${names.framework}; ${correct}` };
  }
  const found = cachedLibraries(environment)[0] ?? (await pythonLibrary(environment));
  return found ? usable(found, install) : { why: `no TensorFlow library in ${cacheFolder(environment)} or in a Python environment; ${install}` };
}

/** A library, or why it is not used. @param next what to do then */
function usable(found: FoundLibrary, next: string): FoundLibrary | NotFound {
  const { version, how, cc, framework } = found;
  if (version !== undefined && compareVersions(version, oldestVersion) < 0) return { why: `${how} is TensorFlow ${version}, and kd needs ${oldestVersion} or later; ${next}` };
  const cut = [cc, framework].find((file) => !isWhole(file));
  return cut === undefined ? found : { why: `${cut}, found by ${how}, is cut short; ${next}` };
}

/** Whether it was found. */
export function isFound(found: FoundLibrary | NotFound): found is FoundLibrary {
  return 'folder' in found;
}
