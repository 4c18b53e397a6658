import { chmod } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KdError, kdError, messageOf } from '@kd/core';
import { durableWrite, makeFolder } from '@kd/node';
import type { Entry, ZipFile } from 'yauzl';

/** A file that was taken out of a wheel. */
export interface Unpacked {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A wheel, opened: a zip archive with a list of its files and their sha256 (PEP 427). */
export interface Wheel {
  readonly names: readonly string[];
  /** The text of the one file that ends so: `METADATA`. */
  text(end: string): Promise<string>;
  /** The unpacked size of the files with these names. */
  bytesOf(names: readonly string[]): number;
  /**
   * Writes files into `folder`, each below its name in the wheel, with bounded memory.
   * @throws KD_FILE_INVALID when a file is not what the wheel's own list says; KD_DISK
   */
  unpack(names: readonly string[], folder: string, onBytes: (bytes: number) => void): Promise<readonly Unpacked[]>;
  close(): void;
}

const mostText = 64 << 20;

/** @param label how messages call it. @throws KD_FILE_INVALID */
export async function openWheel(path: string, label: string): Promise<Wheel> {
  const refuse = (problem: string, cause?: unknown): never => {
    throw kdError('KD_FILE_INVALID', { file: label, expected: 'wheel', problem }, cause);
  };
  const { openPromise } = await import('yauzl');
  const entries = new Map<string, Entry>();
  let zip: ZipFile;
  try {
    zip = await openPromise(path, { autoClose: false });
    for await (const entry of zip.eachEntry()) if (!entry.fileName.endsWith('/')) entries.set(entry.fileName, entry);
  } catch (error) {
    return refuse(problemOf(error), error);
  }

  async function* piecesOf(entry: Entry): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of await zip.openReadStreamPromise(entry)) yield piece as Uint8Array;
    } catch (error) {
      refuse(`${entry.fileName}: ${problemOf(error)}`, error);
    }
  }

  const text = async (end: string): Promise<string> => {
    const entry = [...entries.values()].find(({ fileName }) => /^[^/]+\.dist-info\/[^/]+$/.test(fileName) && fileName.endsWith(`/${end}`));
    if (!entry || entry.uncompressedSize > mostText) return refuse(entry ? `its ${end} is ${entry.uncompressedSize} bytes long` : `it has no ${end}`);
    const pieces: Uint8Array[] = [];
    for await (const piece of piecesOf(entry)) pieces.push(piece);
    return Buffer.concat(pieces).toString('utf8');
  };

  return {
    names: [...entries.keys()],
    text,
    bytesOf: (names) => names.reduce((sum, name) => sum + entries.get(name)!.uncompressedSize, 0),
    async unpack(names, folder, onBytes) {
      const listed = hashesIn(await text('RECORD'));
      const unpacked: Unpacked[] = [];
      for (const name of names) {
        const entry = entries.get(name)!;
        const target = join(folder, name);
        await makeFolder(dirname(target));
        const { bytes, sha256 } = await durableWrite(target, told(piecesOf(entry), onBytes));
        if (listed.get(name) !== sha256) refuse(`the sha256 of ${name} is ${sha256}, its list says ${listed.get(name) ?? 'nothing'}`);
        if (isProgram(entry)) await chmod(target, 0o755);
        unpacked.push({ name, bytes, sha256 });
      }
      return unpacked;
    },
    close: () => zip.close(),
  };
}

async function* told(pieces: AsyncIterable<Uint8Array>, onBytes: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    yield piece;
    onBytes(piece.byteLength);
  }
}

/** Of a wheel's RECORD: each file's sha256, in hex. */
function hashesIn(record: string): ReadonlyMap<string, string> {
  const hashes = new Map<string, string>();
  for (const [, quoted, plain, hash] of record.matchAll(/^(?:"([^"]+)"|([^,"\n]+)),sha256=([\w-]+)/gm)) hashes.set((quoted ?? plain)!, Buffer.from(hash!, 'base64url').toString('hex'));
  return hashes;
}

/** Whether the archive says that its owner may run it. The upper half of the attributes is a Unix mode. */
function isProgram({ externalFileAttributes }: Entry): boolean {
  return ((externalFileAttributes >>> 16) & 0o100) !== 0;
}

/** What the archive's reader says; what kd itself has thrown goes on as it is. */
function problemOf(error: unknown): string {
  if (error instanceof KdError) throw error;
  return messageOf(error).replace(/\.$/, '');
}
