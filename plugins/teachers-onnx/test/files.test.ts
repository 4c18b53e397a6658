import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { LabelSpace, Teacher } from '@kd/core';
import { afterAll, describe, expect, it } from 'vitest';
import { onnx } from '../src/index.ts';

const small = join(import.meta.dirname, 'small');
const space: LabelSpace = { name: 'colour', kind: 'classes', classes: ['red', 'green', 'blue'] };
const folder = mkdtempSync(join(tmpdir(), 'kd-onnx-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open = (path: string): Promise<Teacher> => onnx.create({ path: resolve(small, path) }, { base: folder }).open({ id: 'low', space });
const refusal = (code: string, message: RegExp): object => ({ code, message: expect.stringMatching(message) as string });

/** A field of a protobuf message: its number, its length and what is in it. */
function field(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([Buffer.from([number * 8 + 2, (bytes.length & 127) | 128, bytes.length >> 7]), bytes]);
}

describe('an ONNX file', () => {
  it('that is not there is refused', async () => {
    await expect(open('nowhere.onnx')).rejects.toMatchObject(refusal('KD_FILE_MISSING', /nowhere\.onnx/));
  });

  it.each([['nothing', ''], ['text', 'no protobuf'], ['a message without a graph', '\x08\x01']])('of %s is refused', async (_, content) => {
    const file = join(folder, 'damaged.onnx');
    writeFileSync(file, content);
    await expect(open(file)).rejects.toMatchObject({ code: 'KD_FILE_INVALID' });
  });

  it('with graphs in graphs without end, or weights elsewhere in one of them, is refused', async () => {
    const inBranches = (graph: Buffer, levels: number): Buffer => (levels === 0 ? graph : field(1, field(5, field(6, inBranches(graph, levels - 1)))));
    const location = field(13, Buffer.concat([field(1, 'location'), field(2, '../secrets')]));
    const weight = field(5, Buffer.concat([location, Buffer.from([14 << 3, 1])]));
    const file = join(folder, 'branches.onnx');
    for (const [levels, code, message] of [[3, 'KD_FILE_UNSAFE', /leaves the folder/], [60, 'KD_FILE_INVALID', /more than 50 graphs/]] as const) {
      writeFileSync(file, field(7, inBranches(weight, levels)));
      await expect(open(file)).rejects.toMatchObject(refusal(code, message));
    }
  });

  it('whose weights are missing, lead elsewhere, or are a link is refused', async () => {
    const file = join(folder, 'external.onnx');
    copyFileSync(join(small, 'external.onnx'), file);
    await expect(open(file)).rejects.toMatchObject(refusal('KD_FILE_MISSING', /external\.onnx\.data/));
    symlinkSync(join(small, 'external.onnx.data'), `${file}.data`);
    await expect(open(file)).rejects.toMatchObject(refusal('KD_FILE_UNSAFE', /link/));
    writeFileSync(file, readFileSync(file, 'latin1').replaceAll('external.onnx.data', '../../secrets.data'), 'latin1');
    await expect(open(file)).rejects.toMatchObject(refusal('KD_FILE_UNSAFE', /leaves the folder/));
  });
});

describe('ONNX Runtime', () => {
  const install = (name: string, code: string): void => {
    const place = join(folder, 'node_modules', name);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'index.js'), code);
  };

  it('that is not there is asked for', async () => {
    await expect(open('channels.onnx')).rejects.toMatchObject(refusal('KD_PACKAGE_MISSING', /teacher 'low' needs the package onnxruntime-node or onnxruntime-web: none is installed in .*npm i onnxruntime-web/));
  });

  it('that does not load, or is too old, is told with its reason', async () => {
    install('onnxruntime-node', "throw new Error('no addon for this system');");
    install('onnxruntime-web', "exports.InferenceSession = {}; exports.env = { versions: { common: '1.20.1' } };");
    await expect(open('channels.onnx')).rejects.toMatchObject(refusal('KD_PACKAGE_MISSING', /onnxruntime-node is installed, but does not load: no addon for this system; onnxruntime-web is 1\.20\.1, expected 1\.22 or later/));
  });
});
