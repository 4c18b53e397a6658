import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { KdError, kdError } from '@kd/core';
import { codeOf, diskError } from './disk-error.ts';
import { durableWrite } from './durable-write.ts';
import { makeFolder } from './make-folder.ts';
import { lockName } from './run-lock.ts';
import { isTemporaryName } from './temporary-name.ts';

/** The file that says that a run folder is kd's. */
export const runMarker: string = 'kd-run.json';

export interface OutputFolder {
  readonly folder: string;
  /** Whether the folder held nothing of an earlier run. */
  readonly isNew: boolean;
}

/**
 * Opens the folder of a run: a new or empty one, which it marks, or one that an earlier run marked. Nothing is deleted.
 *
 * @throws KD_OUTPUT_NOT_OURS for a file, a symbolic link, or a folder with other files. KD_DISK
 */
export function openRunFolder(folder: string): Promise<OutputFolder> {
  return openMarkedFolder(folder, 'run', runMarker);
}

/** The same for a folder of another kind. @param marker the file that says of which kind it is */
export async function openMarkedFolder(folder: string, kind: string, marker: string): Promise<OutputFolder> {
  if (await isOurs(folder, marker)) return { folder, isNew: false };
  await makeFolder(folder);
  await durableWrite(join(folder, marker), `${JSON.stringify({ kd: kind, version: 1 })}\n`);
  return { folder, isNew: true };
}

/**
 * Whether `folder` holds `marker`: true if so, false if it is empty or does not exist. Files named in `before` are those
 * that kd writes before the marker: a process may have been killed in between.
 *
 * @throws KD_OUTPUT_NOT_OURS when it holds other files, or is no folder.
 */
export async function isOurs(folder: string, marker: string, before: readonly string[] = []): Promise<boolean> {
  const refuse = (why: string): never => {
    throw kdError('KD_OUTPUT_NOT_OURS', { folder, why });
  };
  try {
    const found = await lstat(folder);
    if (found.isSymbolicLink()) refuse('it is a symbolic link; name the folder that it points to');
    if (!found.isDirectory()) refuse('it is a file');
    const names = await readdir(folder);
    if (names.includes(marker)) return (await lstat(join(folder, marker))).isFile() || refuse(`its '${marker}' is no plain file`);
    const foreign = names.find((name) => !name.startsWith(lockName) && !isTemporaryName(name) && !before.includes(name));
    return foreign === undefined ? false : refuse(`it holds other files ('${foreign}')`);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error instanceof KdError ? error : diskError(folder, error);
  }
}
