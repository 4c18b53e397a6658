import { basename } from 'node:path';
import { kdError, sizeOf, type Dataset, type InputSpec } from '@kd/core';
import { sha256 } from '../files/hash.ts';
import { readIdx, type IdxArray } from './read-idx.ts';

/** Options of {@link idxDataset}, and of the reader `idx`. */
export interface IdxOptions {
  /** The file of samples: its first dimension counts them. */
  readonly images: string;
  /** The file of class indices, one a sample. Without it no sample has a label. */
  readonly labels?: string;
  /** The label space of `labels`. Default 'label'. */
  readonly space?: string;
  /** The classes of the space, in the order of their indices: checks the labels and gives the data its label space. */
  readonly classes?: readonly string[];
  /** The name of the input. Default 'image'. */
  readonly input?: string;
  /** Shape of one sample, if not the file's own; [28, 28, 1] for convolutions. */
  readonly shape?: readonly number[];
  /** What values are multiplied by. Default 1/255 for bytes (0 to 1), 1 for other types. */
  readonly scale?: number;
  /** Only the samples from one position up to, but without, another; `[0, 1000]` are the first thousand. */
  readonly rows?: readonly [from: number, to: number];
  /** Samples are called `<name>#<position>`. Default: the name of the images' file. */
  readonly name?: string;
}

/**
 * A data set from IDX files. Values stay as they are in the file until a row is read.
 *
 * @throws KD_DATA_EMPTY, KD_DATA_LENGTH (labels or shape do not fit), KD_DATA_LABEL_RANGE, KD_DATA_NOT_FINITE, and what
 * `readIdx` throws
 */
export function idxDataset(options: IdxOptions): Dataset {
  const { space = 'label', classes, input = 'image', name = basename(options.images) } = options;
  const images = readIdx(options.images);
  const count = images.shape[0]!;
  const [from, to] = options.rows ?? [0, count];
  const size = to - from;
  if (to > count) throw kdError('KD_DATA_LENGTH', { what: `${options.images} rows`, expected: to, received: count });
  if (size <= 0) throw kdError('KD_DATA_EMPTY', { what: options.images });
  const spec: InputSpec = { shape: options.shape ?? images.shape.slice(1), dtype: 'float32' };
  const width = sizeOf(spec);
  if (width * count !== images.data.length) throw kdError('KD_DATA_LENGTH', { what: options.images, expected: width * count, received: images.data.length });
  const values = images.data.subarray(width * from, width * to);
  expectFinite(values, width, options.images);
  const labels = options.labels === undefined ? undefined : readLabels(options.labels, count, space, classes).subarray(from, to);
  const scale = options.scale ?? (values instanceof Uint8Array ? 1 / 255 : 1);
  const scaled = Float32Array.from({ length: 256 }, (_, byte) => byte * scale);
  // Rows are gathered first: bytes that lie one after the other are looked up twice as fast.
  let bytes = new Uint8Array(0);
  let words = new Uint32Array(0);
  return {
    size,
    id: (row) => `${name}#${from + row}`,
    inputs: { [input]: spec },
    labels: labels ? { [space]: labels } : {},
    ...(classes ? { spaces: { [space]: classes } } : {}),
    hash: sha256([name, from, scale, spec.shape.join(), hashOf(values)].join('\n')),
    read: values instanceof Uint8Array
      ? (_, rows, out) => {
          if (bytes.length < out.length) {
            words = new Uint32Array(Math.ceil(out.length / 4));
            bytes = new Uint8Array(words.buffer);
          }
          for (let i = 0; i < rows.length; i++) bytes.set(values.subarray(rows[i]! * width, (rows[i]! + 1) * width), i * width);
          lookUp(bytes, words, scaled, out as Float32Array);
        }
      : (_, rows, out) => {
          for (let i = 0; i < rows.length; i++) {
            const from = rows[i]! * width;
            for (let j = 0; j < width; j++) out[i * width + j] = values[from + j]! * scale;
          }
        },
  };
}

/** Bytes as numbers. Images are empty around what they show: four bytes of 0 are passed over at once. */
function lookUp(bytes: Uint8Array, words: Uint32Array, scaled: Float32Array, out: Float32Array): void {
  const whole = out.length >> 2;
  out.fill(0);
  for (let word = 0; word < whole; word++) {
    if (words[word] === 0) continue;
    const i = 4 * word;
    out[i] = scaled[bytes[i]!]!;
    out[i + 1] = scaled[bytes[i + 1]!]!;
    out[i + 2] = scaled[bytes[i + 2]!]!;
    out[i + 3] = scaled[bytes[i + 3]!]!;
  }
  for (let i = 4 * whole; i < out.length; i++) out[i] = scaled[bytes[i]!]!;
}

function readLabels(file: string, size: number, space: string, classes: readonly string[] | undefined): Int32Array {
  const { data } = readIdx(file);
  if (data.length !== size) throw kdError('KD_DATA_LENGTH', { what: file, expected: size, received: data.length });
  const count = classes?.length ?? 2 ** 31;
  data.forEach((label: number, row: number) => {
    if (Number.isInteger(label) && label >= -1 && label < count) return;
    throw kdError('KD_DATA_LABEL_RANGE', { where: file, row, value: String(label), space, classes: count });
  });
  return Int32Array.from(data);
}

function expectFinite(values: IdxArray, width: number, file: string): void {
  if (!(values instanceof Float32Array || values instanceof Float64Array)) return;
  const found = values.findIndex((value) => !Number.isFinite(value));
  if (found >= 0) throw kdError('KD_DATA_NOT_FINITE', { where: file, row: Math.floor(found / width), value: String(values[found]) });
}

function hashOf(values: IdxArray): string {
  return sha256(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}
