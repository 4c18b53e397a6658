import { statfs } from 'node:fs/promises';
import { kdError } from '@kd/core';

/** @throws KD_DISK when fewer than `bytes` are free where `folder` is: better said before than half way. */
export async function expectSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free < bytes) throw kdError('KD_DISK', { file: folder, reason: `${megabytes(bytes)} MB are needed, ${megabytes(free)} MB are free`, next: 'Free some space, or set KD_CACHE to a folder on another disk, and run the same command again.' });
}

/** For people: MB are 10⁶ bytes. */
export function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
