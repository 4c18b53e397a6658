import { mkdir, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { diskError } from './disk-error.ts';

/**
 * Makes a folder and those above it, and has the disk remember them. Returns whether the folder is new.
 *
 * @throws KD_DISK
 */
export async function makeFolder(folder: string): Promise<boolean> {
  try {
    const first = await mkdir(folder, { recursive: true });
    if (first === undefined) return false;
    const above = dirname(resolve(first));
    for (let made = resolve(folder); made !== above; made = dirname(made)) await syncFolder(dirname(made));
    return true;
  } catch (error) {
    throw diskError(folder, error);
  }
}

/** Has the disk remember which names a folder holds. Windows cannot, and does not need it. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
