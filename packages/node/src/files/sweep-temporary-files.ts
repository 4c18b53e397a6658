import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, diskError } from './disk-error.ts';
import { isTemporaryName } from './temporary-name.ts';

/**
 * Removes the unfinished files that a killed process left in `folder` (not below it), and nothing else.
 * Call it while holding the folder's lock, for another process's unfinished files look the same.
 * Returns the removed names.
 */
export async function sweepTemporaryFiles(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const ours = entries.filter((entry) => entry.isFile() && isTemporaryName(entry.name)).map((entry) => entry.name);
    for (const name of ours) await rm(join(folder, name), { force: true });
    return ours;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw diskError(folder, error);
  }
}
