import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256, sha256OfFile } from '../../src/files/hash.ts';
import { parseJson } from '../../src/files/parse-json.ts';
import { readWhole } from '../../src/files/read-file.ts';
import { openSealedJson, sealJson } from '../../src/files/sealed-json.ts';
import { sweepTemporaryFiles } from '../../src/files/sweep-temporary-files.ts';
import { expectKdError } from '../expect-kd-error.ts';
import { temporaryFolder } from '../temporary-folder.ts';

describe('sha256', () => {
  it('gives the published digest of "abc", of a file too', async () => {
    const published = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    const path = join(temporaryFolder(), 'abc');
    writeFileSync(path, 'abc');
    expect(sha256('abc')).toBe(published);
    expect(await sha256OfFile(path)).toBe(published);
  });

  it('reads a file larger than one piece', async () => {
    const bytes = Buffer.alloc(3_000_001, 'kd');
    const path = join(temporaryFolder(), 'big');
    writeFileSync(path, bytes);
    expect(await sha256OfFile(path)).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('names a missing file', async () => {
    const error = await expectKdError('KD_FILE_MISSING', () => sha256OfFile('/nowhere/x', 'Teacher'));
    expect(error.message).toContain('Teacher not found at /nowhere/x');
  });
});

describe('sweepTemporaryFiles', () => {
  it('removes our unfinished files and nothing else', async () => {
    const folder = temporaryFolder();
    const ours = '.kd-0123456789abcdef.tmp';
    const theirs = ['.kd-0123456789abcdeg.tmp', '.kd-0123.tmp', 'kd-0123456789abcdef.tmp', '.kd-0123456789abcdef.tmp.txt', 'notes.tmp'];
    for (const name of [ours, ...theirs]) writeFileSync(join(folder, name), 'x');
    mkdirSync(join(folder, '.kd-aaaaaaaaaaaaaaaa.tmp'));
    symlinkSync(join(folder, 'notes.tmp'), join(folder, '.kd-bbbbbbbbbbbbbbbb.tmp'));
    expect(await sweepTemporaryFiles(folder)).toEqual([ours]);
    expect(readdirSync(folder).sort()).toEqual([...theirs, '.kd-aaaaaaaaaaaaaaaa.tmp', '.kd-bbbbbbbbbbbbbbbb.tmp'].sort());
    expect(await sweepTemporaryFiles(folder)).toEqual([]);
    expect(await sweepTemporaryFiles(join(folder, 'none'))).toEqual([]);
  });
});

describe('readWhole', () => {
  it('refuses folders, devices and files above the limit', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a'), 'abcdef');
    expect(Buffer.from(readWhole(join(folder, 'a'), 'File', 6)).toString()).toBe('abcdef');
    await expectKdError('KD_FILE_TOO_LARGE', () => readWhole(join(folder, 'a'), 'File', 5));
    await expectKdError('KD_FILE_UNREADABLE', () => readWhole(folder, 'File'));
    await expectKdError('KD_FILE_UNREADABLE', () => readWhole('/dev/zero', 'File'));
    await expectKdError('KD_FILE_MISSING', () => readWhole(join(folder, 'b'), 'File'));
  });
});

describe('parseJson', () => {
  const parse = (text: string | Uint8Array): unknown => parseJson(typeof text === 'string' ? Buffer.from(text) : text, 'x.json', 'manifest', 5);

  it('reads what JSON.parse reads', () => {
    const text = '{"a":[1,{"b":"x:{\\"y\\":1}","c":null}],"d":{"a":true}, "e" : -1.5e3}';
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['a key twice', '{"a":1,"b":{"a":1},"a":2}'],
    ['a key twice, escaped', '{"a":1,"\\u0061":2}'],
    ['__proto__', '{"a":{"__proto__":{"polluted":1}}}'],
    ['__proto__, escaped', '{"a":{"__pr\\u006fto__":{"polluted":1}}}'],
    ['constructor', '{"constructor":1}'],
    ['too deep', '[[[[[[1]]]]]]'],
    ['extremely deep', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['a byte order mark', '\uFEFF{}'],
    ['invalid UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
    ['a cut', '{"a":'],
    ['nothing', ''],
  ])('refuses %s', async (_, text) => {
    await expectKdError('KD_FILE_INVALID', () => parse(text));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('sealed JSON', () => {
  const content = { a: [1, 2.5, 'ä'], b: { c: null } };
  const bytes = new Uint8Array(Buffer.from(sealJson(content)));
  const open = (changed: Uint8Array): unknown => openSealedJson(changed, 'x.json', '');

  it('is plain JSON, and opens again', () => {
    expect((JSON.parse(Buffer.from(bytes).toString()) as { content: unknown }).content).toEqual(content);
    expect(open(bytes)).toEqual(content);
  });

  it('notices every changed bit, every cut and every addition', async () => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = bytes.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      await expectKdError('KD_FILE_DAMAGED', () => open(changed));
    }
    for (let length = 0; length < bytes.length; length++) await expectKdError('KD_FILE_DAMAGED', () => open(bytes.subarray(0, length)));
    await expectKdError('KD_FILE_DAMAGED', () => open(Buffer.concat([bytes, Buffer.from(' ')])));
  });

  it('refuses numbers that JSON would turn into null', () => {
    expect(() => sealJson({ loss: Number.NaN })).toThrow("'loss' is NaN");
  });
});
