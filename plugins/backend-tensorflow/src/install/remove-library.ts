import { existsSync } from 'node:fs';
import { kdError } from '@kd/core';
import { cachedEntries, type CachedLibrary } from '../library/cached-libraries.ts';
import { librariesFolder, type Environment } from '../library/cache-folder.ts';
import { inWorkshop } from './libraries-workshop.ts';

export interface RemoveOptions {
  /** This version alone, with CUDA and without; else all that kd has installed. */
  readonly version?: string | undefined;
  readonly environment?: Environment;
}

/**
 * Takes libraries out of kd's cache, and what unfinished downloads have left there.
 *
 * @throws KD_LIBRARY_MISSING when the version is not there; KD_RUN_LOCKED, KD_DISK
 */
export async function removeLibrary({ version, environment = process.env }: RemoveOptions = {}): Promise<readonly CachedLibrary[]> {
  const folder = librariesFolder(environment);
  if (version === undefined && !existsSync(folder)) return [];
  return inWorkshop(folder, async ({ remove, removeDownloads }) => {
    const all = cachedEntries(environment);
    const removed = all.filter((known) => version === undefined || known.version === version);
    if (version !== undefined && removed.length === 0) throw kdError('KD_LIBRARY_MISSING', { library: `tensorflow ${version}`, folder, known: all.map((known) => known.version) });
    for (const { entry } of removed) await remove(entry);
    await removeDownloads();
    return removed;
  });
}
