import { kdError, messageOf, type KdError } from '@kd/core';

const intact = 'What was saved before is intact';

/** What the operating system's codes mean, and what to do about them. */
const causes: Readonly<Record<string, readonly [reason: string, next: string]>> = {
  ENOSPC: ['no space left on the device', `${intact}: free some space and run the same command again.`],
  EDQUOT: ['the disk quota is used up', `${intact}: free some space and run the same command again.`],
  EFBIG: ['the file would exceed the size limit of the system', `${intact}: raise the limit (ulimit -f) and run the same command again.`],
  EACCES: ['permission denied', 'Choose a folder that you may write to, or change its permissions.'],
  EPERM: ['the system does not permit it', 'Choose a folder that you may write to, or change its permissions.'],
  EROFS: ['the file system is read-only', 'Choose a folder on a disk that can be written to.'],
  ENOENT: ['its folder does not exist (any more)', 'Was it deleted or unmounted? Bring it back and run the same command again.'],
  EEXIST: ['a file of this name is there', 'Choose another path, or move that file away.'],
  ENOTDIR: ['a part of its path is a file, not a folder', 'Choose another path, or move that file away.'],
  ENAMETOOLONG: ['the name is too long for this file system', 'Choose a shorter path.'],
  EMFILE: ['too many files are open', 'Raise the limit (ulimit -n) and run the same command again.'],
  ENFILE: ['too many files are open in the whole system', 'Close other programs and run the same command again.'],
  EBUSY: ['something holds it: it is where a disk is mounted, or a program has it open', 'Choose a folder inside of it, or close that program.'],
  EIO: ['the disk reported an error', `${intact}. Check the disk before going on.`],
};

/** An error of the file system while writing, as the `KD_DISK` that explains it. */
export function diskError(file: string, error: unknown): KdError {
  const code = codeOf(error);
  const [reason, next] = causes[code ?? ''] ?? [messageOf(error), `${intact}.`];
  return kdError('KD_DISK', { file, reason, next }, error);
}

/** An error of the file system while reading: a missing file, or one that cannot be read. */
export function readError(file: string, what: string, error: unknown): KdError {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return kdError('KD_FILE_MISSING', { file, what }, error);
  const reason = code === 'EISDIR' ? 'it is a folder' : (causes[code ?? '']?.[0] ?? messageOf(error));
  return kdError('KD_FILE_UNREADABLE', { file, reason }, error);
}

/** `ENOENT` and its like, where the error has a code. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
