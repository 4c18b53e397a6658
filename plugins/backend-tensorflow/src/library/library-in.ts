import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { libraryNames } from './platform.ts';

/** TensorFlow's two libraries, and what is known of them. */
export interface FoundLibrary {
  /** The folder that holds both. */
  readonly folder: string;
  /** The path of the library with the C functions. */
  readonly cc: string;
  /** The path of the library that must be loaded first, with its symbols visible to all. */
  readonly framework: string;
  /** Where it is known. */
  readonly version?: string;
  /** How it was found: `the variable KD_TENSORFLOW`, `kd's cache` … */
  readonly how: string;
}

/** The libraries in a folder, or in the `tensorflow` below it. @param place a folder, or the file of the library itself */
export function libraryIn(place: string, how: string): FoundLibrary | undefined {
  const names = libraryNames();
  if (!names) return undefined;
  const start = isFile(place) ? dirname(place) : place;
  for (const folder of [start, join(start, 'tensorflow')]) {
    const [cc, framework] = [join(folder, names.cc), join(folder, names.framework)];
    if (!existsSync(cc) || !existsSync(framework)) continue;
    const version = versionBeside(folder);
    return { folder, cc, framework, ...(version === undefined ? {} : { version }), how };
  }
  return undefined;
}

/** Python writes a package's version into the name of a folder beside it: `tensorflow_cpu-2.20.0.dist-info`. */
function versionBeside(folder: string): string | undefined {
  if (basename(folder) !== 'tensorflow') return undefined;
  for (const name of namesIn(dirname(folder))) {
    const version = /^tensorflow(?:_cpu|_cpu_aws|_macos)?-(\d[^-]*)\.dist-info$/.exec(name)?.[1];
    if (version !== undefined) return version;
  }
  return undefined;
}

/** The names in a folder; none where there is no such folder, or none that may be read. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
