import { link, rename, rm, writeFile } from 'node:fs/promises';
import { codeOf } from './disk-error.ts';
import { temporaryNameBeside } from './temporary-name.ts';

/** Creates the file with its whole content at once, so that nobody sees half of it. False when it is taken. */
export async function placeExclusively(path: string, content: string): Promise<boolean> {
  const temporary = temporaryNameBeside(path);
  try {
    await writeFile(temporary, content, { flag: 'wx' });
    await link(temporary, path);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return false;
    if (code === 'ENOENT' && (error as NodeJS.ErrnoException).syscall === 'link') return false; // the holder swept the temporary file away
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EOPNOTSUPP') throw error;
    return createExclusively(path, content); // a file system without hard links
  } finally {
    await rm(temporary, { force: true });
  }
}

async function createExclusively(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    await rm(path, { force: true }); // half of it would keep everybody out
    throw error;
  }
}

/** Puts another file, with its whole content at once, in the place of the one that is there. */
export async function replace(path: string, content: string): Promise<void> {
  const temporary = temporaryNameBeside(path);
  try {
    await writeFile(temporary, content, { flag: 'wx' });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
