import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';

const pattern = /^\.kd-[0-9a-f]{16}\.tmp$/;

/** A fresh temporary name in the folder of `path`, so that renaming never crosses file systems. */
export function temporaryNameBeside(path: string): string {
  return join(dirname(path), `.kd-${randomBytes(8).toString('hex')}.tmp`);
}

/** Whether a file's name is one that kd gives to unfinished files. */
export function isTemporaryName(name: string): boolean {
  return pattern.test(name);
}
