import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KdError, kdError } from '@kd/core';
import { codeOf, diskError } from './disk-error.ts';
import { sha256 } from './hash.ts';
import { placeExclusively, replace } from './place-file.ts';
import { isRunning, ownIdentity, type ProcessIdentity } from './process-identity.ts';

/** The lock's file in a locked folder. Claims to take over a dead process's lock lie beside it for a moment. */
export const lockName: string = '.kd-lock';

/** Between the name of a lock and what names its holder. */
const CLAIM = '.after-';

export interface FolderLock {
  /** Gives the folder free. Calling it again does nothing. */
  release(): Promise<void>;
}

type Holder = ProcessIdentity & { readonly nonce: string };

/**
 * Takes a folder for this process alone. The lock of a process that no longer runs (ended, killed, machine restarted,
 * pid used again) is taken over; of several processes that try at once, exactly one succeeds.
 *
 * @throws KD_RUN_LOCKED when a live process holds it (this one included), or a process of another machine, of which
 * nobody here can tell whether it lives. KD_DISK when the folder cannot be written to.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, lockName);
  const mine = JSON.stringify({ ...ownIdentity(), nonce: randomBytes(8).toString('hex') } satisfies Holder);
  try {
    await acquire(path, mine, folder);
    await sweepClaims(folder);
  } catch (error) {
    throw error instanceof KdError ? error : diskError(path, error);
  }
  return {
    async release() {
      if (read(path) === mine) await rm(path, { force: true });
    },
  };
}

/**
 * A stale lock is replaced only by the process that holds the claim named after that very lock, and only while the lock
 * is still there unchanged; a claim is itself taken like a lock, so a process that dies here blocks nobody.
 */
async function acquire(path: string, mine: string, folder: string): Promise<void> {
  for (;;) {
    if (await placeExclusively(path, mine)) return;
    const text = read(path);
    if (text === undefined) continue;
    const holder = parseHolder(text);
    if (!holder) throw kdError('KD_RUN_LOCKED', { folder, pid: 0, host: 'unknown', next: `Its lock cannot be read: if no run uses the folder, delete ${path}.` });
    expectDead(holder, folder, path);
    const claim = `${path}${CLAIM}${sha256(text).slice(0, 16)}`;
    await acquire(claim, mine, folder);
    try {
      if (read(path) !== text) continue;
      await replace(path, mine);
      return;
    } finally {
      await rm(claim, { force: true });
    }
  }
}

/**
 * Removes what processes have left that were killed between taking over a lock and giving up their claim to it. Claims are
 * named after locks that are gone once the folder is locked anew: who still holds one finds the lock changed.
 */
async function sweepClaims(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (name.startsWith(`${lockName}${CLAIM}`)) await rm(join(folder, name), { force: true });
}

function expectDead(holder: Holder, folder: string, path: string): void {
  const { pid, host } = holder;
  if (host !== ownIdentity().host) {
    throw kdError('KD_RUN_LOCKED', { folder, pid, host, next: `That is another machine: if the process no longer runs there, delete ${path}.` });
  }
  if (isRunning(holder)) throw kdError('KD_RUN_LOCKED', { folder, pid, host, next: 'Wait for it, stop it, or choose another folder.' });
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, host, boot, started, nonce } = JSON.parse(text) as Partial<Holder>;
    const known = Number.isSafeInteger(pid) && pid! > 0 && [host, boot, started, nonce].every((part) => typeof part === 'string');
    return known ? ({ pid, host, boot, started, nonce } as Holder) : undefined;
  } catch {
    return undefined;
  }
}
