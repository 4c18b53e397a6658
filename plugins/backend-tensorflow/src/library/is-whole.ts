import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Of a 64-bit ELF file: where its header says how many segments it has, and where each says how far it reaches. */
const HEADER = 64;
const SEGMENT = 56;

/**
 * Whether a library has all the bytes that it says it has. Where some are missing, as after a copy that was cut short,
 * the process that uses it is killed without a word. What is no ELF file, or cannot be read, is left to the loader, which tells.
 */
export function isWhole(file: string): boolean {
  let opened: number;
  try {
    opened = openSync(file, 'r');
  } catch {
    return true;
  }
  try {
    const { size } = fstatSync(opened);
    const header = readAt(opened, 0, HEADER);
    if (header.length < HEADER || header.readUInt32BE(0) !== 0x7f454c46) return true;
    const segments = readAt(opened, Number(header.readBigUInt64LE(0x20)), header.readUInt16LE(0x38) * SEGMENT);
    for (let at = 0; at + SEGMENT <= segments.length; at += SEGMENT) {
      if (segments.readBigUInt64LE(at + 8) + segments.readBigUInt64LE(at + 32) > size) return false;
    }
    return true;
  } finally {
    closeSync(opened);
  }
}

function readAt(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, position));
}
