import { existsSync, rmSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { diskError, isTemporaryName, lockFolder, makeFolder, sweepTemporaryFiles, syncFolder, temporaryNameBeside } from '@kd/node';

/** The folder of kd's libraries while one process changes it. */
export interface Workshop {
  readonly folder: string;
  /** Where downloads wait until they are used. */
  readonly downloads: string;
  /** A new folder to build an entry in; it is gone when the workshop closes or the process exits, unless it was placed. */
  readonly bench: string;
  /** Gives what was built its name, at once and for good. @returns its path */
  place(name: string): Promise<string>;
  /** Takes an entry away: at once out of sight, then from the disk. */
  remove(entry: string): Promise<void>;
  removeDownloads(): Promise<void>;
}

/**
 * Does work on the folder of libraries, which no other process may change meanwhile. What killed processes left is
 * removed first.
 *
 * @throws KD_RUN_LOCKED, KD_DISK
 */
export async function inWorkshop<T>(folder: string, work: (workshop: Workshop) => Promise<T>): Promise<T> {
  await makeFolder(folder);
  const lock = await lockFolder(folder);
  const bench = temporaryNameBeside(join(folder, 'bench'));
  const downloads = join(folder, 'downloads');
  const remove = async (entry: string): Promise<void> => {
    const hidden = temporaryNameBeside(entry);
    await rename(entry, hidden);
    await rm(hidden, { recursive: true, force: true });
  };
  const clearBench = (): void => rmSync(bench, { recursive: true, force: true });
  process.once('exit', clearBench);
  try {
    await sweep(folder);
    await makeFolder(bench);
    return await work({
      folder, downloads, bench, remove,
      async place(name) {
        const entry = join(folder, name);
        try {
          if (existsSync(entry)) await remove(entry);
          await rename(bench, entry);
          await syncFolder(folder);
        } catch (error) {
          throw diskError(entry, error);
        }
        return entry;
      },
      removeDownloads: () => rm(downloads, { recursive: true, force: true }),
    });
  } finally {
    await rm(bench, { recursive: true, force: true });
    process.off('exit', clearBench);
    await lock.release();
  }
}

async function sweep(folder: string): Promise<void> {
  await sweepTemporaryFiles(folder);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory() && isTemporaryName(entry.name)) await rm(join(folder, entry.name), { recursive: true, force: true });
  }
}
