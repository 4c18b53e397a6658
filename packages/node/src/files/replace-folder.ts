import { lstat, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { KdError, kdError } from '@kd/core';
import { codeOf, diskError } from './disk-error.ts';
import { makeFolder, syncFolder } from './make-folder.ts';
import { isOurs, openMarkedFolder } from './output-folder.ts';
import { lockFolder } from './run-lock.ts';
import { isTemporaryName } from './temporary-name.ts';

export interface ReplacedFolder {
  /** Of which kind it is, for its marker. */
  readonly kind: string;
  /** The file that says so. */
  readonly marker: string;
  /** All that such a folder may hold beside it. Whatever else is in it, somebody put there, and it stays. */
  readonly files: readonly string[];
}

/**
 * Writes a folder anew so that its name shows the old one or the new one, each whole: the new one is written beside it, in
 * `.<name>.kd-tmp`, and takes its place by renaming. Node cannot swap two folders, so the name is gone for a moment in
 * between. What a killed process leaves behind, the next call brings to its end or removes.
 *
 * @param write fills the new folder, which holds the marker
 * @throws KD_OUTPUT_NOT_OURS for a file, a symbolic link, a folder with other files, or the current folder; KD_RUN_LOCKED
 * while another process writes it; KD_DISK; whatever `write` throws. The old folder is as it was then.
 */
export async function replaceFolder<T>(folder: string, { kind, marker, files }: ReplacedFolder, write: (fresh: string) => Promise<T>): Promise<T> {
  const target = resolve(folder);
  await isOurs(folder, marker);
  // A shell that stands in it would be taken along, and find itself in a folder that is gone.
  if (isWithin(process.cwd(), target)) throw kdError('KD_OUTPUT_NOT_OURS', { folder, why: 'it is the folder that you are in; go to another one and name it from there' });
  const beside = join(dirname(target), `.${basename(target)}.kd-tmp`);
  const places: Places = { target, fresh: join(beside, 'new'), old: join(beside, 'old'), own: new Set([marker, ...files]) };
  await makeFolder(beside);
  await onDisk(folder, async () => {
    if ((await lstat(beside)).isSymbolicLink()) throw kdError('KD_OUTPUT_NOT_OURS', { folder: beside, why: 'it is a symbolic link' });
  });
  const lock = await lockFolder(beside);
  try {
    await onDisk(folder, () => finishSwap(places));
    await onDisk(folder, () => rm(places.fresh, { recursive: true, force: true }));
    await openMarkedFolder(places.fresh, kind, marker);
    const made = await write(places.fresh);
    await onDisk(folder, () => swap(places));
    return made;
  } finally {
    // While the old folder is still there, the new one is to take its place.
    if (!(await isThere(places.old))) await rm(places.fresh, { recursive: true, force: true }).catch(() => undefined);
    await lock.release();
    await rmdir(beside).catch(() => undefined); // what is left in it is for the next call
  }
}

interface Places {
  readonly target: string;
  readonly fresh: string;
  readonly old: string;
  /** Names of files that need not be kept. */
  readonly own: ReadonlySet<string>;
}

async function swap(places: Places): Promise<void> {
  const { target, fresh, old } = places;
  const isNew = !(await isThere(target));
  if (!isNew) await rename(target, old);
  try {
    await rename(fresh, target);
  } catch (error) {
    if (!isNew) await rename(old, target);
    throw error;
  }
  await finishSwap(places);
  await syncFolder(dirname(target));
}

/** Does what is left to do of a swap, from wherever a process was killed; nothing where none was. */
async function finishSwap({ target, fresh, old, own }: Places): Promise<void> {
  if (!(await isThere(old))) return;
  if (!(await isThere(target))) await rename((await isThere(fresh)) ? fresh : old, target);
  for (const name of await readdir(old).catch(noneIfMissing)) {
    if (own.has(name) || isTemporaryName(name)) await rm(join(old, name), { recursive: true });
    else await rename(join(old, name), join(target, name));
  }
  await rmdir(old).catch(noneIfMissing);
}

async function onDisk(folder: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw error instanceof KdError ? error : diskError(folder, error);
  }
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function isThere(path: string): Promise<boolean> {
  return lstat(path).then(() => true, () => false);
}

function noneIfMissing(error: unknown): readonly string[] {
  if (codeOf(error) === 'ENOENT') return [];
  throw error;
}
