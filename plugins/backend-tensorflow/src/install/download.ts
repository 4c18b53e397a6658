import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, stat, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { KdError, kdError } from '@kd/core';
import { diskError } from '@kd/node';
import { networkError, shownUrl, type HttpClient } from './http.ts';
import type { WheelFile } from './wheel-source.ts';

/** Told how many bytes are here, of how many; the total is undefined where the server does not tell. */
export type OnBytes = (done: number, total: number | undefined) => void;

const kept = 'What came is kept: check the network, then run the same command again, and it goes on from there';

/**
 * Fetches a wheel into `folder`, as a `.part` named after its sha256, and returns the part's path once its sha256 is
 * right. A cut connection is taken up again where it broke, also by a later process.
 *
 * @throws KD_DOWNLOAD, KD_INDEX_INVALID when the index tells no sha256, KD_FILE_DAMAGED, KD_DISK
 */
export async function download(wheel: WheelFile, folder: string, http: HttpClient, onBytes: OnBytes): Promise<string> {
  const { place, sha256, filename } = wheel;
  if (!sha256 || !/^[0-9a-f]{64}$/.test(sha256)) throw kdError('KD_INDEX_INVALID', { url: shownUrl(place), problem: `it tells no sha256 of ${filename}` });
  const part = join(folder, `${sha256}.part`);
  for (let failures = 0, before = -1; ;) {
    try {
      const found = await fetchRest(wheel, part, http, onBytes);
      if (found === sha256) return part;
      await rm(part, { force: true });
      throw kdError('KD_FILE_DAMAGED', { file: filename, problem: `its sha256 is ${found}, the index says ${sha256}`, next: 'It was deleted: run the same command again. If that does not help, something between here and the index changes files.' });
    } catch (error) {
      const here = await sizeOf(part);
      if (here > before) [failures, before] = [0, here];
      const pause = http.pausesMs[failures++];
      if (!(error instanceof KdError && error.code === 'KD_DOWNLOAD') || pause === undefined) throw error;
      await sleep(pause);
    }
  }
}

/** Fetches what is missing of a part. Returns the sha256 of all of it. */
async function fetchRest(wheel: WheelFile, part: string, http: HttpClient, onBytes: OnBytes): Promise<string> {
  const url = wheel.place;
  let start = await sizeOf(part);
  if (wheel.bytes !== undefined && start === wheel.bytes) return (await hashOf(part)).digest('hex');
  const response = await http.get(url, { 'accept-encoding': 'identity', ...(start > 0 ? { range: `bytes=${start}-` } : {}) });
  const goesOn = response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${start}-`);
  if (!goesOn && response.status !== 200) {
    await response.body?.cancel();
    const { status } = response;
    if (status === 416) await rm(part, { force: true }); // the part is longer than the file
    else if (status < 500) throw kdError('KD_INDEX_INVALID', { url: shownUrl(url), problem: `it answered with ${status}, expected the wheel` });
    throw kdError('KD_DOWNLOAD', { url: shownUrl(url), problem: `the server answered with ${status}`, next: `${kept}.` });
  }
  if (!goesOn) start = 0;
  const length = Number(response.headers.get('content-length') ?? NaN);
  const total = wheel.bytes ?? (Number.isFinite(length) ? start + length : undefined);
  const file = await openPart(part, start);
  try {
    const hash = start > 0 ? await hashOf(part) : createHash('sha256');
    let done = start;
    onBytes(done, total);
    for await (const piece of bodyOf(url, response.body)) {
      hash.update(piece);
      await writeAll(file, part, piece, done);
      done += piece.byteLength;
      onBytes(done, total);
      if (total !== undefined && done > total) break;
    }
    if (total !== undefined && done < total) throw kdError('KD_DOWNLOAD', { url: shownUrl(url), problem: `the connection ended after ${done} of ${total} bytes`, next: `${kept}.` });
    return hash.digest('hex');
  } finally {
    await file.close();
  }
}

async function* bodyOf(url: string, body: AsyncIterable<unknown> | null): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of body ?? []) yield piece as Uint8Array;
  } catch (error) {
    throw networkError(url, error, kept);
  }
}

/** Ready to go on at `start`; what was written behind it is cut off. */
async function openPart(part: string, start: number): Promise<FileHandle> {
  try {
    const file = await open(part, start > 0 ? 'r+' : 'w');
    await file.truncate(start);
    return file;
  } catch (error) {
    throw diskError(part, error);
  }
}

async function writeAll(file: FileHandle, part: string, piece: Uint8Array, position: number): Promise<void> {
  try {
    for (let done = 0; done < piece.byteLength;) done += (await file.write(piece, done, piece.byteLength - done, position + done)).bytesWritten;
  } catch (error) {
    throw diskError(part, error);
  }
}

async function hashOf(part: string): Promise<Hash> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(part, { highWaterMark: 1 << 20 })) hash.update(piece as Uint8Array);
  return hash;
}

async function sizeOf(part: string): Promise<number> {
  return (await stat(part).catch(() => undefined))?.size ?? 0;
}
