import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KdError, kdError } from '@kd/core';
import { codeOf, diskError } from './disk-error.ts';
import { syncFolder } from './make-folder.ts';
import { temporaryNameBeside } from './temporary-name.ts';

/** What may be written: text, bytes, or pieces of bytes that follow each other. */
export type Content = string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export interface Written {
  readonly bytes: number;
  /** Of the whole content, in hex. */
  readonly sha256: string;
}

// Windows lacks O_NOFOLLOW; O_EXCL alone refuses whatever stands there.
const createOnly = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

/**
 * Writes a file so that at every moment, power loss included, its name shows either the old content or the new one:
 * temporary file in the same folder, written to the end, size checked, synced, renamed, folder synced.
 * A failure removes the temporary file and leaves the old content alone. Should only the last sync fail, the new content
 * may already be visible although this rejects.
 *
 * @throws KD_DISK when the disk refuses, or when something other than a plain file stands at `path`.
 */
export async function durableWrite(path: string, content: Content): Promise<Written> {
  const temporary = temporaryNameBeside(path);
  try {
    await expectReplaceable(path);
    const written = await writeNew(temporary, content);
    await rename(temporary, path);
    await syncFolder(dirname(path));
    return written;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first error is the one to report
    throw error instanceof KdError || codeOf(error) === undefined ? error : diskError(path, error);
  }
}

async function writeNew(path: string, content: Content): Promise<Written> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, createOnly, 0o666);
  try {
    for await (const piece of piecesOf(content)) {
      hash.update(piece);
      await writeAll(file, piece, bytes);
      bytes += piece.byteLength;
    }
    const { size } = await file.stat();
    if (size !== bytes) throw kdError('KD_DISK', { file: path, reason: `the disk kept ${size} of ${bytes} bytes`, next: 'What was saved before is intact. Check the disk before going on.' });
    await file.sync();
  } catch (error) {
    await file.close().catch(() => undefined); // the first error is the one to report
    throw error;
  }
  await file.close();
  return { bytes, sha256: hash.digest('hex') };
}

async function writeAll(file: FileHandle, piece: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < piece.byteLength) {
    const { bytesWritten } = await file.write(piece, done, piece.byteLength - done, position + done);
    done += bytesWritten;
  }
}

function piecesOf(content: Content): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (typeof content === 'string') return [Buffer.from(content, 'utf8')];
  return content instanceof Uint8Array ? [content] : content;
}

async function expectReplaceable(path: string): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (!found || found.isFile()) return;
  const kind = found.isDirectory() ? 'a folder' : found.isSymbolicLink() ? 'a symbolic link' : 'a special file';
  throw kdError('KD_DISK', { file: path, reason: `${kind} stands there`, next: 'Choose another path, or move it away.' });
}
