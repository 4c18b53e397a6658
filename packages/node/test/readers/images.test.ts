import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { encode as encodePng } from 'fast-png';
import type { Strategy } from '@kd/core';
import jpeg from 'jpeg-js';
import { describe, expect, it } from 'vitest';
import { decodeImage, withChannels } from '../../src/readers/decode-image.ts';
import { imageFolderDataset } from '../../src/readers/image-folder-dataset.ts';
import { nodePlugin } from '../../src/run/node-plugin.ts';
import { expectKdError } from '../expect-kd-error.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const grey = (...data: number[]): Uint8Array => encodePng({ width: 2, height: data.length / 2, channels: 1, data: Uint8Array.from(data) });

/** A PNG by hand, for the kinds that the encoder does not write. */
function png(width: number, height: number, depth: number, colour: number, lines: readonly (readonly number[])[], palette: readonly number[] = [], transparency: readonly number[] = []): Uint8Array {
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([depth, colour], 8);
  const data = deflateSync(Buffer.from(lines.flatMap((line) => [0, ...line])));
  const start = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([start, chunk('IHDR', head), ...(palette.length > 0 ? [chunk('PLTE', Buffer.from(palette))] : []), ...(transparency.length > 0 ? [chunk('tRNS', Buffer.from(transparency))] : []), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

function tree(files: Readonly<Record<string, Uint8Array | string>>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

describe('decodeImage', () => {
  it('reads 8 and 16 bits, with and without colour and transparency', () => {
    expect(decodeImage(grey(0, 1, 254, 255))).toEqual({ width: 2, height: 2, channels: 1, data: new Uint8Array([0, 1, 254, 255]) });
    const of = (channels: number, depth: 8 | 16, data: number[]): Uint8Array =>
      Uint8Array.from(decodeImage(encodePng({ width: 1, height: 2, channels, depth, data: depth === 8 ? Uint8Array.from(data) : Uint16Array.from(data) })).data);
    expect(of(2, 8, [10, 0, 20, 255])).toEqual(new Uint8Array([10, 20]));
    expect(of(3, 8, [1, 2, 3, 4, 5, 6])).toEqual(new Uint8Array([1, 2, 3, 4, 5, 6]));
    expect(of(4, 8, [1, 2, 3, 0, 4, 5, 6, 255])).toEqual(new Uint8Array([1, 2, 3, 4, 5, 6]));
    expect(of(1, 16, [0x1234, 0xffff])).toEqual(new Uint8Array([0x12, 0xff]));
  });

  it('reads packed grey values and palettes', () => {
    expect(decodeImage(png(10, 2, 1, 0, [[0b10100000, 0b01000000], [0b11111111, 0b10000000]])).data).toEqual(
      new Uint8Array([255, 0, 255, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0]));
    expect(decodeImage(png(3, 1, 2, 0, [[0b00011000]])).data).toEqual(new Uint8Array([0, 85, 170]));
    expect(decodeImage(png(3, 1, 4, 0, [[0x0f, 0x30]])).data).toEqual(new Uint8Array([0, 255, 51]));
    expect(decodeImage(png(3, 1, 2, 3, [[0b00011000]], [1, 2, 3, 4, 5, 6, 7, 8, 9]))).toEqual({ width: 3, height: 1, channels: 3, data: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9]) });
    expect(decodeImage(png(3, 1, 2, 3, [[0b00011000]], [1, 2, 3, 4, 5, 6, 7, 8, 9], [255, 0, 7])).data).toEqual(new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9]));
  });

  it('reads JPEG', () => {
    const data = Buffer.alloc(16 * 16 * 4, 200);
    const decoded = decodeImage(jpeg.encode({ width: 16, height: 16, data }, 100).data);
    expect(decoded).toMatchObject({ width: 16, height: 16, channels: 3 });
    expect(decoded.data.length).toBe(16 * 16 * 3);
    for (const value of decoded.data) expect(Math.abs(value - 200)).toBeLessThan(3);
  });

  it('turns grey into colour and back', () => {
    expect(withChannels({ width: 2, height: 1, channels: 1, data: new Uint8Array([5, 9]) }, 3)).toEqual(new Uint8Array([5, 5, 5, 9, 9, 9]));
    expect(withChannels({ width: 2, height: 1, channels: 3, data: new Uint8Array([255, 0, 0, 7, 7, 7]) }, 1)).toEqual(new Uint8Array([76, 7]));
  });

  it('refuses damage and claims of huge sizes, without taking the memory', () => {
    const whole = grey(0, 1, 254, 255);
    for (let length = 0; length < whole.length; length++) expect(() => decodeImage(whole.subarray(0, length)), `${length} bytes`).toThrow();
    const flipped = whole.slice();
    flipped[50]! ^= 1;
    expect(() => decodeImage(flipped)).toThrow();
    expect(() => decodeImage(png(100_000, 100_000, 8, 0, [[0]]))).toThrow('megapixels');
    expect(() => decodeImage(Buffer.from('GIF89a'))).toThrow('no PNG or JPEG');
  });
});

describe('imageFolderDataset', () => {
  it('takes labels from folders and ids from paths', async () => {
    const folder = tree({ 'dog/2.png': grey(4, 5, 6, 7), 'cat/1.png': grey(0, 51, 102, 255), 'dog/10.PNG': grey(8, 9, 10, 11), 'loose.png': grey(1, 1, 1, 1), 'notes.txt': 'x', '.hidden/x.png': 'x', 'dog/.DS_Store': 'x' });
    symlinkSync(join(folder, 'cat', '1.png'), join(folder, 'cat', 'link.png'));
    const data = await imageFolderDataset({ folder, space: 'pet' });
    expect(Array.from({ length: data.size }, (_, row) => data.id(row))).toEqual(['loose.png', 'cat/1.png', 'cat/link.png', 'dog/10.PNG', 'dog/2.png']);
    expect(data.labels).toEqual({ pet: new Int32Array([-1, 0, 0, 1, 1]) });
    expect(data.spaces).toEqual({ pet: ['cat', 'dog'] });
    expect(data.inputs).toEqual({ image: { shape: [2, 2, 1], dtype: 'float32' } });
    const out = new Float32Array(8);
    await data.read('image', [4, 1], out);
    expect(out).toEqual(Float32Array.from([4, 5, 6, 7, 0, 51, 102, 255].map((value) => value / 255)));
  });

  it('takes a hierarchy from two levels', async () => {
    const folder = tree({ 'plant/oak/a.png': grey(1, 2), 'animal/dog/a.png': grey(3, 4), 'animal/cat/a.png': grey(5, 6) });
    const data = await imageFolderDataset({ folder, space: 'fine', coarseSpace: 'kingdom' });
    expect(data.spaces).toEqual({ fine: ['cat', 'dog', 'oak'], kingdom: { of: 'fine', groups: { animal: ['cat', 'dog'], plant: ['oak'] } } });
    expect(data.id(0)).toBe('animal/cat/a.png');
    expect(data.labels).toEqual({ fine: new Int32Array([0, 1, 2]) });
  });

  it('takes the order of classes as given, and needs none for images alone', async () => {
    const folder = tree({ '10/a.png': grey(1, 2), '9/a.png': grey(3, 4) });
    expect((await imageFolderDataset({ folder })).spaces).toEqual({ label: ['9', '10'] });
    expect((await imageFolderDataset({ folder, classes: ['10', '8', '9'] })).labels).toEqual({ label: new Int32Array([2, 0]) });
    await expectKdError('KD_LABEL_UNKNOWN', () => imageFolderDataset({ folder, classes: ['10'] }));
    const alone = await imageFolderDataset({ folder: tree({ 'a.png': grey(1, 2) }) });
    expect([alone.labels, alone.spaces]).toEqual([{}, undefined]);
  });

  it('takes the order of classes from the config, whichever folders are there', async () => {
    const folder = tree({ 'cat/a.png': grey(1, 2), 'dog/a.png': grey(3, 4) });
    const labels = { animal: ['dog', 'bird', 'cat'] };
    const reader = nodePlugin.strategies!.find(({ name }) => name === 'image-folder') as Strategy<'data', unknown>;
    const data = await reader.create({ folder, space: 'animal' }, { base: '/', labels } as never).open();
    expect(data.labels).toEqual({ animal: new Int32Array([2, 0]) });
    await expectKdError('KD_LABEL_UNKNOWN', () => imageFolderDataset({ folder, spaces: { label: ['dog', 'bird'] } }));
  });

  it('gives the same values when images are decoded as they are read', async () => {
    const folder = tree({ 'a/1.png': grey(1, 2), 'a/2.png': encodePng({ width: 2, height: 1, channels: 3, data: new Uint8Array([1, 2, 3, 9, 9, 9]) }) });
    const [kept, read] = [await imageFolderDataset({ folder, channels: 3 }), await imageFolderDataset({ folder, channels: 3, memory: 0 })];
    const [a, b] = [new Float32Array(12), new Float32Array(12)];
    await kept.read('image', [1, 0], a);
    await read.read('image', [1, 0], b);
    expect(a).toEqual(b);
    expect(a[0]).toBeCloseTo(1 / 255, 8);
    expect(read.hash).toBe(kept.hash);
    writeFileSync(join(folder, 'a/1.png'), 'gone');
    await expectKdError('KD_DATA_IMAGE', () => read.read('image', [0], b));
    writeFileSync(join(folder, 'a/1.png'), grey(1, 2, 3, 4));
    expect((await expectKdError('KD_DATA_IMAGE', () => read.read('image', [0], b))).message).toContain('2 x 2 pixels, expected 2 x 1');
  });

  it('has a hash that follows the content and the names', async () => {
    const hash = async (files: Record<string, Uint8Array>): Promise<string> => (await imageFolderDataset({ folder: tree(files) })).hash!;
    const first = await hash({ 'a/1.png': grey(1, 2), 'b/1.png': grey(3, 4) });
    expect(await hash({ 'b/1.png': grey(3, 4), 'a/1.png': grey(1, 2) })).toBe(first);
    expect(await hash({ 'a/1.png': grey(1, 3), 'b/1.png': grey(3, 4) })).not.toBe(first);
    expect(await hash({ 'a/2.png': grey(1, 2), 'b/1.png': grey(3, 4) })).not.toBe(first);
    expect((await imageFolderDataset({ folder: tree({ 'a/1.png': grey(1, 2), 'b/1.png': grey(3, 4) }), scale: 1 })).hash).not.toBe(first);
  });

  it('names an image of another size, and a damaged one; leaves some out when allowed', async () => {
    const size = await expectKdError('KD_DATA_IMAGE', () => imageFolderDataset({ folder: tree({ 'a/1.png': grey(1, 2), 'a/2.png': grey(1, 2, 3, 4) }) }));
    expect(size.message).toContain('a/2.png is 2 x 2 pixels, expected 2 x 1');
    await expectKdError('KD_DATA_IMAGE', () => imageFolderDataset({ folder: tree({ 'a/1.png': grey(1, 2) }), size: [28, 28] }));
    const folder = tree({ 'a/1.png': 'oops', 'a/2.png': grey(1, 2), 'b/3.png': grey(3, 4).subarray(0, 40) });
    expect((await expectKdError('KD_DATA_IMAGE', () => imageFolderDataset({ folder }))).message).toContain('a/1.png is no PNG or JPEG image. Repair');
    await expectKdError('KD_DATA_IMAGE', () => imageFolderDataset({ folder, skipUnreadable: 1 }));
    const data = await imageFolderDataset({ folder, skipUnreadable: 2 });
    expect(data.size).toBe(1);
    expect(data.leftOut).toEqual(['a/1.png is no PNG or JPEG image', 'b/3.png cannot be decoded as PNG (it ends too early)']);
    expect(data.spaces).toEqual({ label: ['a', 'b'] });
    expect((await imageFolderDataset({ folder: tree({ 'a/1.png': grey(1, 2) }) })).leftOut).toBeUndefined();
  });

  it.each<[string, Record<string, Uint8Array>, string]>([
    ['images and folders mixed', { 'a/1.png': grey(1, 2), 'a/b/1.png': grey(1, 2) }, "'a' holds both"],
    ['one level beside two', { 'a/1.png': grey(1, 2), 'b/c/1.png': grey(1, 2) }, "'b' holds folders"],
    ['three levels', { 'a/b/c/1.png': grey(1, 2) }, 'more than two levels'],
    ['a class in two groups', { 'a/x/1.png': grey(1, 2), 'b/x/1.png': grey(1, 2) }, "'x' lies in both"],
    ['a class without images', { 'a/1.png': grey(1, 2), 'b/notes.txt': grey(1, 2) }, "'b' holds no images"],
  ])('refuses %s', async (_, files, part) => {
    expect((await expectKdError('KD_DATA_FOLDER', () => imageFolderDataset({ folder: tree(files) }))).message).toContain(part);
  });

  it('refuses an empty folder and names a missing one', async () => {
    await expectKdError('KD_DATA_EMPTY', () => imageFolderDataset({ folder: temporaryFolder() }));
    await expectKdError('KD_FILE_MISSING', () => imageFolderDataset({ folder: '/nowhere' }));
  });
});
