import { readFileSync } from 'node:fs';
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

/** What kd has installed: the newest first, with CUDA before without. */
export function cachedLibraries(environment: Environment = process.env): readonly CachedLibrary[] {
  const folder = librariesFolder(environment);
  return namesIn(folder)
    .map((name) => readEntry(join(folder, name)))
    .filter((found) => found !== undefined)
    .sort((a, b) => compareVersions(b.version, a.version) || Number(b.cuda) - Number(a.cuda));
}

function readEntry(entry: string): CachedLibrary | undefined {
  let manifest: { version?: unknown; cuda?: unknown };
  try {
    manifest = JSON.parse(readFileSync(join(entry, manifestName), 'utf8')) as typeof manifest;
  } catch {
    return undefined; // not a library's folder, or not one of kd's
  }
  const found = libraryIn(entry, "kd's cache");
  if (!found || typeof manifest.version !== 'string') return undefined;
  return { ...found, version: manifest.version, cuda: manifest.cuda === true, entry };
}
