import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readError } from './disk-error.ts';

/** The sha256 of text (as UTF-8) or bytes, in hex. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * The sha256 of a file, in hex, read piece by piece.
 *
 * @throws KD_FILE_MISSING, KD_FILE_UNREADABLE
 */
export async function sha256OfFile(path: string, what: string = 'File'): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece as Uint8Array);
  } catch (error) {
    throw readError(path, what, error);
  }
  return hash.digest('hex');
}
