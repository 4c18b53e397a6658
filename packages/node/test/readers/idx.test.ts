import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { idxDataset } from '../../src/readers/idx-dataset.ts';
import { readIdx } from '../../src/readers/read-idx.ts';
import { expectKdError } from '../expect-kd-error.ts';
import { temporaryFolder } from '../temporary-folder.ts';

type Put = (view: DataView, at: number, value: number) => void;
const puts: Record<number, [width: number, put: Put]> = {
  0x08: [1, (v, at, x) => v.setUint8(at, x)],
  0x09: [1, (v, at, x) => v.setInt8(at, x)],
  0x0b: [2, (v, at, x) => v.setInt16(at, x)],
  0x0c: [4, (v, at, x) => v.setInt32(at, x)],
  0x0d: [4, (v, at, x) => v.setFloat32(at, x)],
  0x0e: [8, (v, at, x) => v.setFloat64(at, x)],
};

function idx(type: number, shape: readonly number[], values: readonly number[]): Uint8Array {
  const [width, put] = puts[type]!;
  const start = 4 + shape.length * 4;
  const view = new DataView(new ArrayBuffer(start + values.length * width));
  view.setUint8(2, type);
  view.setUint8(3, shape.length);
  shape.forEach((dimension, i) => view.setUint32(4 + i * 4, dimension));
  values.forEach((value, i) => put(view, start + i * width, value));
  return new Uint8Array(view.buffer);
}

function write(bytes: Uint8Array, name: string = 'images.idx', folder: string = temporaryFolder()): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe('readIdx', () => {
  it.each([[0x08, [0, 200]], [0x09, [-100, 7]], [0x0b, [-30000, 258]], [0x0c, [-(2 ** 31), 65537]], [0x0d, [-1.5, 1e30]], [0x0e, [Math.PI, -1e300]]])('reads type %d', (type, values) => {
    const { shape, data } = readIdx(write(idx(type, [2, 1], values)));
    expect(shape).toEqual([2, 1]);
    expect(Array.from(data)).toEqual(type === 0x0d ? values.map(Math.fround) : values);
  });

  it('refuses every shorter and any longer file', async () => {
    const bytes = idx(0x0c, [3, 2], [1, 2, 3, 4, 5, 6]);
    for (let length = 0; length < bytes.length; length++) await expectKdError('KD_FILE_TRUNCATED', () => readIdx(write(bytes.subarray(0, length))));
    const error = await expectKdError('KD_FILE_TRUNCATED', () => readIdx(write(Buffer.concat([bytes, Buffer.from([0])]))));
    expect(error.details).toMatchObject({ expected: bytes.length, received: bytes.length + 1 });
  });

  it('refuses other files, and says so when one is compressed', async () => {
    expect((await expectKdError('KD_FILE_INVALID', () => readIdx(write(gzipSync(idx(0x08, [1], [1])))))).message).toContain('gunzip');
    for (const head of [[0, 0, 7, 1], [1, 0, 8, 1], [0, 0, 8, 0], [0, 0, 8, 200], [123, 34, 97, 34]]) {
      await expectKdError('KD_FILE_INVALID', () => readIdx(write(new Uint8Array([...head, 0, 0, 0, 0]))));
    }
    const huge = new Uint8Array([0, 0, 8, 4, ...Array.from({ length: 16 }, () => 255)]);
    await expectKdError('KD_FILE_TRUNCATED', () => readIdx(write(huge)));
    await expectKdError('KD_FILE_MISSING', () => readIdx('/nowhere/images.idx'));
  });
});

describe('idxDataset', () => {
  const folder = (): { images: string; labels: string } => {
    const at = temporaryFolder();
    return { images: write(idx(0x08, [3, 2, 2], [0, 51, 102, 255, 1, 2, 3, 4, 5, 6, 7, 8]), 'train.idx', at), labels: write(idx(0x08, [3], [1, 0, 1]), 'labels.idx', at) };
  };

  it('scales bytes to 0..1 and gives rows in any order', async () => {
    const data = idxDataset({ ...folder(), space: 'digit', classes: ['a', 'b'], shape: [2, 2, 1] });
    expect(data.size).toBe(3);
    expect(data.inputs).toEqual({ image: { shape: [2, 2, 1], dtype: 'float32' } });
    expect(data.labels).toEqual({ digit: new Int32Array([1, 0, 1]) });
    expect(data.spaces).toEqual({ digit: ['a', 'b'] });
    expect([data.id(0), data.id(2)]).toEqual(['train.idx#0', 'train.idx#2']);
    const out = new Float32Array(8);
    await data.read('image', [2, 0], out);
    expect(out).toEqual(Float32Array.from([5, 6, 7, 8, 0, 51, 102, 255].map((value) => value / 255)));
  });

  it('writes every value, empty ones too, of samples of any width', async () => {
    for (const width of [1, 3, 4, 7, 9]) {
      const bytes = Array.from({ length: 5 * width }, (_, i) => (i % 11 < 8 ? 0 : i));
      const data = idxDataset({ images: write(idx(0x08, [5, width], bytes)) });
      for (const rows of [[4, 0, 3], [1], [2, 2, 4, 1, 0]]) {
        const out = new Float32Array(rows.length * width).fill(7);
        await data.read('image', rows, out);
        expect([...out]).toEqual(rows.flatMap((row) => bytes.slice(row * width, (row + 1) * width)).map((byte) => Math.fround(byte / 255)));
      }
    }
  });

  it('gives a part of the file, whose samples keep their names', async () => {
    const files = folder();
    const data = idxDataset({ ...files, space: 'digit', rows: [1, 3] });
    expect([data.size, data.id(0), data.id(1)]).toEqual([2, 'train.idx#1', 'train.idx#2']);
    expect(data.labels).toEqual({ digit: new Int32Array([0, 1]) });
    const out = new Float32Array(4);
    await data.read('image', [1], out);
    expect(out).toEqual(Float32Array.from([5, 6, 7, 8].map((value) => value / 255)));
    await expectKdError('KD_DATA_LENGTH', () => idxDataset({ ...files, rows: [1, 4] }));
    await expectKdError('KD_DATA_EMPTY', () => idxDataset({ ...files, rows: [2, 2] }));
  });

  it('has no labels without a labels file, and leaves other types unscaled', async () => {
    const data = idxDataset({ images: write(idx(0x0d, [2, 1], [0.5, -3])), input: 'x' });
    expect(data.labels).toEqual({});
    const out = new Float32Array(2);
    await data.read('x', [1, 0], out);
    expect(Array.from(out)).toEqual([-3, 0.5]);
  });

  it('has a hash of its samples, whatever their labels', () => {
    const { images, labels } = folder();
    const hash = idxDataset({ images, labels }).hash;
    expect(idxDataset({ images, labels }).hash).toBe(hash);
    const other = idx(0x08, [3, 2, 2], [0, 51, 102, 254, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(idxDataset({ images: write(other, 'train.idx'), labels }).hash).not.toBe(hash);
    expect(idxDataset({ images, labels: write(idx(0x08, [3], [1, 0, 0])) }).hash).toBe(hash);
    expect(idxDataset({ images, labels, scale: 1 }).hash).not.toBe(hash);
    // Samples that look alike are called by their positions.
    const alike = write(idx(0x08, [2, 1], [9, 9]));
    expect(idxDataset({ images: alike, rows: [0, 1] }).hash).not.toBe(idxDataset({ images: alike, rows: [1, 2] }).hash);
  });

  it('refuses what does not fit', async () => {
    const { images, labels } = folder();
    await expectKdError('KD_DATA_LENGTH', () => idxDataset({ images, labels: write(idx(0x08, [2], [1, 0])) }));
    await expectKdError('KD_DATA_LENGTH', () => idxDataset({ images, shape: [3] }));
    await expectKdError('KD_DATA_EMPTY', () => idxDataset({ images: write(idx(0x08, [0, 2], [])) }));
    const range = await expectKdError('KD_DATA_LABEL_RANGE', () => idxDataset({ images, labels, space: 'digit', classes: ['only'] }));
    expect(range.details).toMatchObject({ row: 0, value: '1', space: 'digit', classes: 1 });
    await expectKdError('KD_DATA_LABEL_RANGE', () => idxDataset({ images, labels: write(idx(0x0d, [3], [0, 1.5, 0])) }));
    await expectKdError('KD_DATA_LABEL_RANGE', () => idxDataset({ images, labels: write(idx(0x09, [3], [0, -2, 0])) }));
    const nan = await expectKdError('KD_DATA_NOT_FINITE', () => idxDataset({ images: write(idx(0x0d, [3, 2], [0, 0, 0, Number.NaN, 0, 0])) }));
    expect(nan.details).toMatchObject({ row: 1, value: 'NaN' });
  });
});
