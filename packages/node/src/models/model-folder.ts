import { closeSync, constants, fstatSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { kdError } from '@kd/core';
import { readError } from '../files/disk-error.ts';
import { openFile, readExactly, type OpenFile } from '../files/read-file.ts';

/**
 * Opens a weight file that a model.json names. Model files come from others, so the name may lead nowhere but into the
 * model's own folder: plain names between slashes, no links, the opened file is the one that lies there.
 *
 * @param folder The real path of the model's folder.
 * @throws KD_FILE_UNSAFE, KD_FILE_MISSING, KD_FILE_UNREADABLE
 */
export function openInFolder(folder: string, path: string, modelFile: string): OpenFile {
  const refuse = (why: string): never => {
    throw kdError('KD_FILE_UNSAFE', { file: modelFile, path: path.slice(0, 200), why });
  };
  // TensorFlow.js writes './model.weights.bin' where a browser saves by `downloads://`.
  const segments = path.replace(/^\.\//, '').split('/');
  if (path.length > 1000 || segments.length > 10) refuse('it is too long');
  for (const segment of segments) {
    if (segment === '..' || segment === '') refuse('it leaves the folder');
    if (segment === '.' || !/^[A-Za-z0-9._-]+$/.test(segment)) refuse("it holds more than letters, digits, '.', '_' and '-'");
  }
  const full = join(folder, ...segments);
  if (lstatSync(full, { throwIfNoEntry: false })?.isSymbolicLink()) refuse('it is a symbolic link');
  const file = openFile(full, `Weight file of ${modelFile}`, constants.O_NOFOLLOW ?? 0);
  try {
    // A folder on the way may be a link, or may have been swapped since.
    const real = realpathSync(full);
    const [opened, there] = [fstatSync(file.fd), statSync(real)];
    if (real !== full || opened.ino !== there.ino || opened.dev !== there.dev) refuse('a folder on its way is a symbolic link');
    return file;
  } catch (error) {
    closeSync(file.fd);
    throw error;
  }
}

/**
 * Reads a whole file that a model's file names, from the folder of the latter and nowhere else.
 *
 * @throws KD_FILE_UNSAFE, KD_FILE_MISSING, KD_FILE_UNREADABLE, KD_FILE_TRUNCATED
 */
export function readWeightFile(modelFile: string, path: string): Uint8Array<ArrayBuffer> {
  const file = openInFolder(dirname(realPathOf(modelFile)), path, modelFile);
  try {
    const bytes = new Uint8Array(file.size);
    readExactly(file, path, bytes, 0);
    return bytes;
  } finally {
    closeSync(file.fd);
  }
}

/** @throws KD_FILE_MISSING, KD_FILE_UNREADABLE */
export function realPathOf(modelFile: string): string {
  try {
    return realpathSync(modelFile);
  } catch (error) {
    throw readError(modelFile, 'Model', error);
  }
}
