import { mkdir, open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { KdError } from '@kd/core';
import { codeOf, diskError } from './disk-error.ts';

/**
 * Makes a folder and those above it, and has the disk remember them. Returns whether the folder is new.
 *
 * Level by level: Node's own `recursive` hides why it cannot (a read-only disk looks like a missing folder), and under
 * `/proc` it never ends.
 *
 * @throws KD_DISK
 */
export async function makeFolder(folder: string): Promise<boolean> {
  const above = dirname(resolve(folder));
  try {
    if (await isFolder(folder)) return false;
    const made = await makeOne(folder).catch(async (error: unknown) => {
      if (codeOf(error) !== 'ENOENT' || above === resolve(folder)) throw error;
      await makeFolder(above);
      return makeOne(folder);
    });
    if (made) await syncFolder(above);
    return made;
  } catch (error) {
    throw error instanceof KdError ? error : diskError(folder, error);
  }
}

/** Another process may be faster. */
async function makeOne(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (await isFolder(folder)) return false;
    throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isDirectory(), () => false);
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
