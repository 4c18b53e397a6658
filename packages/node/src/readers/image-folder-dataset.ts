import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { kdError, messageOf, resolveLabelSpaces, type Dataset, type LabelSpacesConfig } from '@kd/core';
import { readWhole } from '../files/read-file.ts';
import { decodeImage, withChannels } from './decode-image.ts';
import { listImages, type ListedImage } from './list-images.ts';

export interface ImageFolderOptions {
  readonly folder: string;
  /** Height and width that every image must have. Default: those of the first image. kd does not resize. */
  readonly size?: readonly [height: number, width: number];
  /** 1 (grey) or 3 (red, green, blue). Default: the first image's. */
  readonly channels?: 1 | 3;
  /** The name of the input. Default 'image'. */
  readonly input?: string;
  /** The label space of the folders that hold images. Default 'label'. */
  readonly space?: string;
  /** With two levels, the label space of the upper folders. Default 'coarse'. */
  readonly coarseSpace?: string;
  /** The classes of `space` in the order that counts. Default: as `spaces` declares them, else the folders' names, sorted. */
  readonly classes?: readonly string[];
  /** Label spaces as the config declares them. */
  readonly spaces?: LabelSpacesConfig;
  /** What pixels (0 to 255) are multiplied by. Default 1/255. */
  readonly scale?: number;
  /** How many unreadable images may be left out; `leftOut` of the data set names them. Default 0: the first one is an error. */
  readonly skipUnreadable?: number;
  /** Decoded pixels are kept in memory up to this many bytes; beyond, images are decoded when they are read. Default 1 GiB. */
  readonly memory?: number;
}

const largestFile = 256 << 20;

/**
 * A data set from a folder of PNG and JPEG images: `class/name.png`, or `coarse/fine/name.png`, which also gives the
 * hierarchy `{ coarse: { of: 'label', groups } }`. Ids are the paths from the folder; images beside the class folders
 * have no label. Every image is decoded once at the start, so that a bad one is found before training.
 *
 * @throws KD_DATA_FOLDER, KD_DATA_IMAGE (unreadable, or another size), KD_DATA_EMPTY, KD_LABEL_UNKNOWN (a folder that
 * is no class), KD_FILE_MISSING, KD_FILE_UNREADABLE
 */
export async function imageFolderDataset(options: ImageFolderOptions): Promise<Dataset> {
  const { folder, input = 'image', space = 'label', coarseSpace = 'coarse', spaces = {}, scale = 1 / 255, memory = 1 << 30 } = options;
  const tree = await listImages(folder);
  const declared = Object.hasOwn(spaces, space) ? resolveLabelSpaces(spaces).get(space)!.classes : undefined;
  const classes = options.classes ?? declared ?? tree.fine;
  const unknown = tree.fine.find((name) => !classes.includes(name));
  if (unknown !== undefined) throw kdError('KD_LABEL_UNKNOWN', { label: unknown, space, known: classes, where: folder });

  const decoded = await decodeAll(tree.images, options, memory);
  const { images, leftOut, shape, pixels, hash } = decoded;
  const width = shape[0] * shape[1] * shape[2];
  const labels = Int32Array.from(images, ({ fine }) => (fine === undefined ? -1 : classes.indexOf(fine)));
  const labelled = tree.fine.length > 0;
  return {
    size: images.length,
    id: (row) => images[row]!.id,
    inputs: { [input]: { shape, dtype: 'float32' } },
    labels: labelled ? { [space]: labels } : {},
    ...(labelled ? { spaces: { [space]: classes, ...(tree.coarse ? { [coarseSpace]: { of: space, groups: tree.coarse } } : {}) } } : {}),
    ...(leftOut.length > 0 ? { leftOut } : {}),
    hash: hash.update(JSON.stringify({ shape, scale })).digest('hex'),
    read(_, rows, out) {
      for (let i = 0; i < rows.length; i++) {
        const from = pixels ? pixels.subarray(rows[i]! * width, (rows[i]! + 1) * width) : pixelsOf(folder, images[rows[i]!]!, shape);
        for (let j = 0; j < width; j++) out[i * width + j] = from[j]! * scale;
      }
    },
  };
}

type Shape = readonly [height: number, width: number, channels: 1 | 3];

interface Decoded {
  readonly images: readonly ListedImage[];
  /** Paths of those that could not be read, and why. */
  readonly leftOut: readonly string[];
  readonly shape: Shape;
  /** All images one after the other, unless they need more than the memory allowed. */
  readonly pixels: Uint8Array | undefined;
  readonly hash: ReturnType<typeof createHash>;
}

async function decodeAll(listed: readonly ListedImage[], options: ImageFolderOptions, memory: number): Promise<Decoded> {
  const { folder, size, channels, skipUnreadable = 0 } = options;
  const hash = createHash('sha256');
  const images: ListedImage[] = [];
  const leftOut: string[] = [];
  let shape: Shape | undefined;
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
    const width = shape[0] * shape[1] * shape[2];
    if (images.length === 0 && width * listed.length <= memory) pixels = new Uint8Array(width * listed.length);
    pixels?.set(withChannels(found, shape[2]), images.length * width);
    hash.update(`${image.id}\n${bytes.length}\n`).update(bytes);
    images.push(image);
  }
  if (!shape) throw kdError('KD_DATA_EMPTY', { what: folder });
  return { images, leftOut, shape, pixels, hash };
}

function pixelsOf(folder: string, { id }: ListedImage, shape: Shape): Uint8Array {
  const file = join(folder, id);
  try {
    const found = decodeImage(readWhole(file, 'Image', largestFile));
    expectSize(file, found, shape);
    return withChannels(found, shape[2]);
  } catch (error) {
    throw kdError('KD_DATA_IMAGE', { file, problem: `has changed since the start: now it ${messageOf(error)}`, next: 'Leave the data alone while a run uses it.' }, error);
  }
}

function expectSize(file: string, { width, height }: { width: number; height: number }, [h, w]: Shape): void {
  if (height === h && width === w) return;
  throw kdError('KD_DATA_IMAGE', { file, problem: `is ${width} x ${height} pixels, expected ${w} x ${h}`, next: 'kd does not resize: bring all images to one size first.' });
}
