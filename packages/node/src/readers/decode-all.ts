import { createHash, type Hash } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { kdError, messageOf, sizeOf } from '@kd/core';
import { readWhole } from '../files/read-file.ts';
import { decodeImage, withChannels } from './decode-image.ts';
import type { ListedImage } from './list-images.ts';

const largestFile = 256 << 20;

/** Of every image of a folder. */
export type ImageShape = readonly [height: number, width: number, channels: 1 | 3];

export interface DecodedImages {
  readonly images: readonly ListedImage[];
  /** Paths of those that could not be read, and why. */
  readonly leftOut: readonly string[];
  readonly shape: ImageShape;
  /** All images one after the other, unless they need more than the memory allowed. */
  readonly pixels: Uint8Array | undefined;
  /** Of their names and bytes, to go on with. */
  readonly hash: Hash;
}

export interface DecodeOptions {
  readonly folder: string;
  /** What every image must have; the first one's where left out. */
  readonly size?: readonly [height: number, width: number];
  readonly channels?: 1 | 3;
  /** How many unreadable images may be left out; default 0. */
  readonly skipUnreadable?: number;
  /** Pixels are kept up to this many bytes. */
  readonly memory: number;
}

/**
 * Decodes every image of a folder once, so that a bad one is found before training.
 *
 * @throws KD_DATA_IMAGE (unreadable, or another size), KD_DATA_EMPTY, KD_FILE_MISSING, KD_FILE_UNREADABLE
 */
export async function decodeAll(listed: readonly ListedImage[], { folder, size, channels, skipUnreadable = 0, memory }: DecodeOptions): Promise<DecodedImages> {
  const hash = createHash('sha256');
  const images: ListedImage[] = [];
  const leftOut: string[] = [];
  let shape: ImageShape | undefined;
  let pixels: Uint8Array | undefined;
  let rested = performance.now();
  for (const image of listed) {
    if (performance.now() - rested > 25) {
      await setImmediate(); // signals are heard between turns of the event loop only
      rested = performance.now();
    }
    const file = join(folder, image.id);
    const bytes = readWhole(file, 'Image', largestFile);
    let found;
    try {
      found = decodeImage(bytes);
    } catch (error) {
      const problem = messageOf(error);
      if (leftOut.length >= skipUnreadable) throw kdError('KD_DATA_IMAGE', { file, problem, next: 'Repair or remove it, or allow some to be left out with `skipUnreadable`.' }, error);
      leftOut.push(`${image.id} ${problem}`);
      continue;
    }
    shape ??= [size?.[0] ?? found.height, size?.[1] ?? found.width, channels ?? found.channels];
    expectSize(file, found, shape);
    const width = sizeOf({ shape });
    if (images.length === 0 && width * listed.length <= memory) pixels = new Uint8Array(width * listed.length);
    pixels?.set(withChannels(found, shape[2]), images.length * width);
    hash.update(`${image.id}\n${bytes.length}\n`).update(bytes);
    images.push(image);
  }
  if (!shape) throw kdError('KD_DATA_EMPTY', { what: folder });
  return { images, leftOut, shape, pixels, hash };
}

/** The pixels of one image that was decoded before. @throws KD_DATA_IMAGE when it has changed since */
export function decodeAgain(folder: string, { id }: ListedImage, shape: ImageShape): Uint8Array {
  const file = join(folder, id);
  try {
    const found = decodeImage(readWhole(file, 'Image', largestFile));
    expectSize(file, found, shape);
    return withChannels(found, shape[2]);
  } catch (error) {
    throw kdError('KD_DATA_IMAGE', { file, problem: `has changed since the start: now it ${messageOf(error)}`, next: 'Leave the data alone while a run uses it.' }, error);
  }
}

function expectSize(file: string, { width, height }: { width: number; height: number }, [h, w]: ImageShape): void {
  if (height === h && width === w) return;
  throw kdError('KD_DATA_IMAGE', { file, problem: `is ${width} x ${height} pixels, expected ${w} x ${h}`, next: 'kd does not resize: bring all images to one size first.' });
}
