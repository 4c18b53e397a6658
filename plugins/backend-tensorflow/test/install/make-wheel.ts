import { createHash } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';

export type Files = Readonly<Record<string, string | Uint8Array>>;

export interface WheelOptions {
  readonly metadata?: string;
  /** Files whose entry in the wheel's list is another file's. */
  readonly wronglyListed?: readonly string[];
  /** Files that may be run. */
  readonly programs?: readonly string[];
}

/** A small wheel: the files, deflated, and a list of their sha256. */
export function makeWheel(name: string, files: Files, { metadata = '', wronglyListed = [], programs = [] }: WheelOptions = {}): Buffer {
  const info = `${name.split('-').slice(0, 2).join('-')}.dist-info`;
  const all: Record<string, Buffer> = Object.fromEntries(Object.entries({ ...files, [`${info}/METADATA`]: metadata }).map(([path, content]) => [path, Buffer.from(content)]));
  const record = Object.entries(all).map(([path, content]) => `${path},sha256=${sha256Url(wronglyListed.includes(path) ? 'other' : content)},${content.length}`);
  return zip({ ...all, [`${info}/RECORD`]: Buffer.from([...record, `${info}/RECORD,,`].join('\n')) }, programs);
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function sha256Url(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('base64url');
}

/** The zip format: each file after a header of its own, then a directory of them all, then its place. */
function zip(files: Readonly<Record<string, Buffer>>, programs: readonly string[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, content] of Object.entries(files)) {
    const [name, packed] = [Buffer.from(path), deflateRawSync(content)];
    // From version and flags to the lengths of name and extra field, as both headers have them.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE((3 << 8) | 20, 4); // made on Unix
    common.copy(central, 6);
    central.writeUInt32LE((0o100000 | (programs.includes(path) ? 0o755 : 0o644)) * 0x10000, 38);
    central.writeUInt32LE(offset, 42);
    directory.push(central, name);
    parts.push(Buffer.from([0x50, 0x4b, 3, 4]), common, name, packed);
    offset += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length / 2, 8);
  end.writeUInt16LE(directory.length / 2, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}
