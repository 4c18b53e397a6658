import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { librariesFolder, type Environment } from './cache-folder.ts';
import { libraryIn, namesIn, type FoundLibrary } from './library-in.ts';
import { compareVersions } from './versions.ts';

/** The file that is written last into an installed library's folder, and says what it is. */
export const manifestName: string = 'kd-library.json';

export interface CachedLibrary extends FoundLibrary {
  /** The folder of the cache that holds this library and nothing else. */
  readonly entry: string;
  readonly version: string;
  readonly cuda: boolean;
}

/** What kd has installed and is whole: the newest first, with CUDA before without. */
export function cachedLibraries(environment: Environment = process.env): readonly CachedLibrary[] {
  return cachedEntries(environment).filter(({ whole }) => whole);
}

/** All that kd has installed, also what has lost bytes since. */
export function cachedEntries(environment: Environment = process.env): readonly (CachedLibrary & { readonly whole: boolean })[] {
  const folder = librariesFolder(environment);
  return namesIn(folder)
    .map((name) => readEntry(join(folder, name)))
    .filter((found) => found !== undefined)
    .sort((a, b) => compareVersions(b.version, a.version) || Number(b.cuda) - Number(a.cuda));
}

interface Manifest {
  readonly version?: unknown;
  readonly cuda?: unknown;
  readonly files?: readonly { readonly name: string; readonly bytes: number }[];
}

function readEntry(entry: string): (CachedLibrary & { readonly whole: boolean }) | undefined {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(join(entry, manifestName), 'utf8')) as Manifest;
  } catch {
    return undefined; // not a library's folder, or not one of kd's
  }
  const found = libraryIn(entry, "kd's cache");
  if (!found || typeof manifest.version !== 'string') return undefined;
  const whole = (manifest.files ?? []).every(({ name, bytes }) => statSync(join(entry, name), { throwIfNoEntry: false })?.size === bytes);
  return { ...found, version: manifest.version, cuda: manifest.cuda === true, entry, whole };
}
