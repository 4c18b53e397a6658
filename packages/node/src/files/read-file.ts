import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { KdError, kdError } from '@kd/core';
import { readError } from './disk-error.ts';

export interface OpenFile {
  readonly fd: number;
  readonly size: number;
}

/**
 * Opens a plain file for reading: never waits at a pipe, refuses folders and devices.
 *
 * @param what What the file is, for the message: 'Data file', 'Shard' …
 * @throws KD_FILE_MISSING, KD_FILE_UNREADABLE
 */
export function openFile(path: string, what: string, flags: number = 0): OpenFile {
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | flags);
    const found = fstatSync(fd);
    if (!found.isFile()) throw kdError('KD_FILE_UNREADABLE', { file: path, reason: found.isDirectory() ? 'it is a folder' : 'it is no plain file' });
    return { fd, size: found.size };
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    throw error instanceof KdError ? error : readError(path, what, error);
  }
}

/**
 * Fills `into` from `position` of an open file.
 *
 * @throws KD_FILE_TRUNCATED when the file ends before.
 */
export function readExactly(file: OpenFile, path: string, into: Uint8Array, position: number): void {
  let done = 0;
  while (done < into.byteLength) {
    const read = readSync(file.fd, into, done, into.byteLength - done, position + done);
    if (read === 0) throw kdError('KD_FILE_TRUNCATED', { file: path, expected: position + into.byteLength, received: position + done });
    done += read;
  }
}

/**
 * Reads a whole plain file of at most `most` bytes; the size is known before memory is taken.
 *
 * @throws KD_FILE_MISSING, KD_FILE_UNREADABLE, KD_FILE_TOO_LARGE
 */
export function readWhole(path: string, what: string, most: number = Number.MAX_SAFE_INTEGER): Uint8Array {
  const file = openFile(path, what);
  try {
    if (file.size > most) throw kdError('KD_FILE_TOO_LARGE', { file: path, bytes: file.size, most });
    const bytes = new Uint8Array(file.size);
    readExactly(file, path, bytes, 0);
    return bytes;
  } finally {
    closeSync(file.fd);
  }
}
