import fc from 'fast-check';
import { execFileSync, spawnSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/files/hash.ts';
import { dtypes, type StoredDtype, type StoredTensor } from '../../src/safetensors/dtypes.ts';
import { encodeFloat16 } from '../../src/safetensors/float16.ts';
import { openSafetensors } from '../../src/safetensors/read-safetensors.ts';
import { encodeSafetensors, writeSafetensors } from '../../src/safetensors/write-safetensors.ts';
import { expectKdError } from '../expect-kd-error.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const sample: Record<string, StoredTensor> = {
  '7': { dtype: 'float32', shape: [2, 3], data: new Float32Array([1, -2, 3.5, 0, 1e-9, 6]) },
  half: { dtype: 'float16', shape: [3], data: encodeFloat16([0.5, -1, 65504]) },
  bytes: { dtype: 'uint8', shape: [5], data: new Uint8Array([0, 1, 2, 254, 255]) },
  whole: { dtype: 'int32', shape: [1, 2], data: new Int32Array([-5, 2 ** 31 - 1]) },
  long: { dtype: 'int64', shape: [], data: new BigInt64Array([-(2n ** 60n)]) },
  nothing: { dtype: 'float32', shape: [0, 4], data: new Float32Array(0) },
};

function write(bytes: Uint8Array | readonly Uint8Array[]): string {
  const path = join(temporaryFolder(), 'x.safetensors');
  writeFileSync(path, bytes instanceof Uint8Array ? bytes : Buffer.concat(bytes));
  return path;
}

/** A file with any header, true or not. */
function withHeader(header: unknown, data: number = 8): string {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return write([length, json, new Uint8Array(data)]);
}

describe('safetensors', () => {
  it.each([0, 1e9])('reads back what was written (kept in memory below %d bytes)', async (keepInMemoryBelow) => {
    const path = join(temporaryFolder(), 'x.safetensors');
    const written = await writeSafetensors(path, { tensors: sample, metadata: { made: 'by kd' } });
    const file = openSafetensors(path, { keepInMemoryBelow, expect: { ...written, next: '' } });
    expect(file.inMemory).toBe(keepInMemoryBelow > 0);
    expect(file.metadata).toEqual({ made: 'by kd' });
    expect([...file.tensors.keys()].sort()).toEqual(Object.keys(sample).sort());
    for (const [name, tensor] of Object.entries(sample)) expect(file.read(name)).toEqual(tensor);
    await expectKdError('KD_FILE_INVALID', () => file.read('toString'));
    file.close();
    file.close();
  });

  it('gives equal bytes for equal content, aligned values, and the published layout', () => {
    const bytes = Buffer.concat(encodeSafetensors({ tensors: sample }));
    const reversed = Object.fromEntries(Object.entries(sample).reverse());
    expect(Buffer.concat(encodeSafetensors({ tensors: reversed })).equals(bytes)).toBe(true);
    const length = Number(bytes.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as Record<string, { dtype: string; data_offsets: [number, number] }>;
    for (const [name, { data_offsets: [start] }] of Object.entries(header)) expect(start % dtypes[sample[name]!.dtype].width).toBe(0);
    expect(header['7']).toEqual({ dtype: 'F32', shape: [2, 3], data_offsets: [8, 32] });
    expect(bytes.readFloatLE(8 + length + 8 + 8)).toBe(3.5);
  });

  it('refuses to write what does not fit its shape', async () => {
    const bad = (tensor: StoredTensor, name = 'x') => () => encodeSafetensors({ tensors: Object.fromEntries([[name, tensor]]) });
    await expectKdError('KD_ARGUMENT', bad({ dtype: 'float32', shape: [3], data: new Float32Array(2) }));
    await expectKdError('KD_ARGUMENT', bad({ dtype: 'float16', shape: [2], data: new Float32Array(2) }));
    await expectKdError('KD_ARGUMENT', bad({ dtype: 'float32', shape: [0], data: new Float32Array(0) }, '__metadata__'));
  });

  const entry = (start: number, end: number, extra: object = {}): object => ({ dtype: 'U8', shape: [end - start], data_offsets: [start, end], ...extra });
  it.each<[string, unknown]>([
    ['a gap at the start', { a: entry(1, 8) }],
    ['a gap', { a: entry(0, 3), b: entry(4, 8) }],
    ['an overlap', { a: entry(0, 5), b: entry(4, 8) }],
    ['two tensors in one place', { a: entry(0, 8), b: entry(0, 8) }],
    ['bytes after the last', { a: entry(0, 7) }],
    ['an unknown type', { a: entry(0, 8, { dtype: 'F8_E5M2' }) }],
    ['a type of the prototype', { a: entry(0, 8, { dtype: 'constructor' }) }],
    ['a shape that is not the size', { a: entry(0, 8, { shape: [9] }) }],
    ['a negative shape', { a: entry(0, 8, { shape: [-8, -1] }) }],
    ['a fractional shape', { a: entry(0, 8, { shape: [0.5, 16] }) }],
    ['a shape of strings', { a: entry(0, 8, { shape: ['8'] }) }],
    ['no shape', { a: { dtype: 'U8', data_offsets: [0, 8] } }],
    ['a product beyond 2^53', { a: entry(0, 8, { shape: [2 ** 40, 2 ** 40] }) }],
    ['offsets backwards', { a: { dtype: 'U8', shape: [0], data_offsets: [8, 0] } }],
    ['three offsets', { a: entry(0, 8, { data_offsets: [0, 8, 8] }) }],
    ['an unknown key', { a: entry(0, 8, { code: 'x' }) }],
    ['a name twice', `{"a":${JSON.stringify(entry(0, 8))},"a":${JSON.stringify(entry(0, 8))}}`],
    ['__proto__', `{"__proto__":${JSON.stringify(entry(0, 8))}}`],
    ['metadata of numbers', { __metadata__: { a: 1 }, a: entry(0, 8) }],
    ['a list', [1]],
    ['null', 'null'],
    ['no JSON', '{a}'],
    ['deep nesting', '['.repeat(10_000) + ']'.repeat(10_000)],
  ])('refuses %s', async (_, header) => {
    await expectKdError('KD_FILE_INVALID', () => openSafetensors(withHeader(header)));
  });

  it('refuses sizes that the file does not have, before memory is taken', async () => {
    const huge = 2 ** 50;
    await expectKdError('KD_FILE_TRUNCATED', () => openSafetensors(withHeader({ a: entry(0, huge) })));
    await expectKdError('KD_FILE_TRUNCATED', () => openSafetensors(write(new Uint8Array([255, 255, 255, 0, 0, 0, 0, 0, 123]))));
    await expectKdError('KD_FILE_INVALID', () => openSafetensors(write(new Uint8Array(16).fill(255))));
    const whole = Buffer.concat(encodeSafetensors({ tensors: sample }));
    for (let length = 0; length < whole.length; length++) await expectKdError('KD_FILE_TRUNCATED', () => openSafetensors(write(whole.subarray(0, length))));
  });

  it('notices every changed bit when the hash is known', async () => {
    const whole = Buffer.concat(encodeSafetensors({ tensors: { a: sample['7']! } }));
    const expect_ = { bytes: whole.length, sha256: sha256(whole), next: '' };
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const changed = Uint8Array.from(whole);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      await expectKdError('KD_FILE_DAMAGED', () => openSafetensors(write(changed), { expect: expect_ }));
    }
  });

  it('survives any bytes with an error of kd, and no other', () => {
    const whole = Buffer.concat(encodeSafetensors({ tensors: sample }));
    const path = write(whole);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), (changes) => {
        const changed = Uint8Array.from(whole);
        for (const [at, value] of changes) changed[at] = value;
        writeFileSync(path, changed);
        try {
          openSafetensors(path).close();
        } catch (error) {
          expect((error as Error).name).toBe('KdError');
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('waits at no pipe and opens no folder', async () => {
    const folder = temporaryFolder();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    symlinkSync(join(folder, 'pipe'), join(folder, 'link'));
    for (const name of ['pipe', 'link', '.']) await expectKdError('KD_FILE_UNREADABLE', () => openSafetensors(join(folder, name)));
  });
});

describe('readRows', () => {
  const width = 5;
  const count = 4000;
  const values = Array.from({ length: count * width }, (_, i) => (i * 37) % 101);
  const arrays: Partial<Record<StoredDtype, StoredTensor['data']>> = {
    float16: encodeFloat16(values), float32: Float32Array.from(values), float64: Float64Array.from(values), int32: Int32Array.from(values),
    uint32: Uint32Array.from(values), int16: Int16Array.from(values), uint16: Uint16Array.from(values), int8: Int8Array.from(values), uint8: Uint8Array.from(values),
  };
  const tensors = Object.fromEntries(Object.entries(arrays).map(([dtype, data]) => [dtype, { dtype: dtype as StoredDtype, shape: [count, width], data }]));

  it.each([0, 1e9])('gives any rows in any order, for every type of numbers (kept in memory below %d)', (keepInMemoryBelow) => {
    const file = openSafetensors(write(encodeSafetensors({ tensors })), { keepInMemoryBelow });
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(tensors)), fc.array(fc.nat(count - 1), { maxLength: 40 }), fc.nat(3), (name, rows, gap) => {
        const out = new Float32Array(gap + rows.length * width).fill(-1);
        file.readRows(name, rows, out, rows.map((_, i) => gap + i * width));
        const packed = new Float32Array(rows.length * width);
        file.readRows(name, rows, packed);
        expect(packed).toEqual(out.subarray(gap));
        const expected = [...Array.from({ length: gap }, () => -1), ...rows.flatMap((row) => values.slice(row * width, (row + 1) * width))];
        expect(Array.from(out)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
    file.close();
  });

  it('gives rows that are longer than one read', () => {
    const [rows, length] = [3, 300_000];
    const data = Float32Array.from({ length: rows * length }, (_, i) => i);
    const file = openSafetensors(write(encodeSafetensors({ tensors: { long: { dtype: 'float32', shape: [rows, length], data } } })));
    const out = new Float32Array(2 * length);
    file.readRows('long', [2, 0], out);
    expect([out[0], out[length - 1], out[length], out.at(-1)]).toEqual([2 * length, 3 * length - 1, 0, length - 1]);
    file.close();
  });

  it('refuses rows and places that are not there and an array that is too short', async () => {
    const file = openSafetensors(write(encodeSafetensors({ tensors })));
    for (const rows of [[count], [-1], [0.5], [NaN], [1, 2]]) await expectKdError('KD_ARGUMENT', () => file.readRows('float32', rows, new Float32Array(width)));
    for (const places of [[-1], [1], [0.5], []]) await expectKdError('KD_ARGUMENT', () => file.readRows('float32', [0], new Float32Array(width), places));
    file.close();
  });
});

const python = process.env['KD_TEST_PYTHON'] ?? 'python3';
const numpy = spawnSync(python, ['-c', 'import numpy']).status === 0;

it.skipIf(!numpy)('numpy alone reads a file in six lines (needs python3 with numpy)', () => {
  const path = write(encodeSafetensors({ tensors: { half: sample['half']!, '7': sample['7']! } }));
  const script = [
    'import json, sys, numpy as np',
    'b = open(sys.argv[1], "rb").read()',
    'n = int.from_bytes(b[:8], "little")',
    'h = json.loads(b[8:8 + n])',
    'types = {"F16": "<f2", "F32": "<f4"}',
    'print(json.dumps({k: np.frombuffer(b[8 + n:][slice(*t["data_offsets"])], types[t["dtype"]]).reshape(t["shape"]).tolist() for k, t in h.items()}))',
  ].join('\n');
  const read = JSON.parse(execFileSync(python, ['-c', script, path], { encoding: 'utf8' })) as Record<string, unknown>;
  expect(read).toEqual({ half: [0.5, -1, 65504], '7': [[1, -2, 3.5], [0, Math.fround(1e-9), 6]] });
});
