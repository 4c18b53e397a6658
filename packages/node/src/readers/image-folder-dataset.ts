import { kdError, resolveLabelSpaces, sizeOf, type Dataset, type LabelSpacesConfig } from '@kd/core';
import { decodeAgain, decodeAll } from './decode-all.ts';
import { listImages } from './list-images.ts';

/** Options of {@link imageFolderDataset}, and of the reader `image-folder`. */
export interface ImageFolderOptions {
  /** Holds a folder for each class. */
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

  const { images, leftOut, shape, pixels, hash } = await decodeAll(tree.images, { ...options, memory });
  const width = sizeOf({ shape });
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
        const from = pixels ? pixels.subarray(rows[i]! * width, (rows[i]! + 1) * width) : decodeAgain(folder, images[rows[i]!]!, shape);
        for (let j = 0; j < width; j++) out[i * width + j] = from[j]! * scale;
      }
    },
  };
}
