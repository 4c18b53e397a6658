import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { diskError } from '../files/disk-error.ts';
import { syncFolder } from '../files/make-folder.ts';
import { generationsIn, manifestName } from './generations.ts';

/**
 * Removes all checkpoints of a folder, and the folder. Oldest manifests go first: whenever this is cut off, what is left
 * is whole checkpoints, or none; never one that looks damaged.
 *
 * @throws KD_DISK
 */
export async function clearCheckpoints(folder: string): Promise<void> {
  try {
    const finished = (await generationsIn(folder)).filter(({ hasManifest }) => hasManifest);
    for (const { number } of finished) await rm(join(folder, manifestName(number)), { force: true });
    if (finished.length > 0) await syncFolder(folder);
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    throw diskError(folder, error);
  }
}
