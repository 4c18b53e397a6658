import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ZodType } from 'zod';
import type { Dataset, ErrorCode } from '@kd/core';
import { csvDataset, type CsvOptions } from '../../src/readers/csv-dataset.ts';
import { datasetFromIterable, type IterableOptions, type Sample } from '../../src/readers/dataset-from-iterable.ts';
import { jsonlDataset } from '../../src/readers/jsonl-dataset.ts';
import { nodePlugin } from '../../src/run/node-plugin.ts';
import { expectKdError } from '../expect-kd-error.ts';
import { temporaryFolder } from '../temporary-folder.ts';

function write(name: string, content: string | Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

async function rowsOf(data: Dataset, input: string): Promise<number[]> {
  const width = data.inputs[input]!.shape.reduce((a, b) => a * b, 1);
  const out = data.inputs[input]!.dtype === 'int32' ? new Int32Array(data.size * width) : new Float32Array(data.size * width);
  await data.read(input, Array.from({ length: data.size }, (_, i) => data.size - 1 - i), out);
  return Array.from(out);
}

describe('datasetFromIterable', () => {
  const two: Sample[] = [
    { id: 'a', inputs: { x: [1, 2], n: 7 }, labels: { kind: 'dog', size: [0.5, 1] } },
    { id: 'b', inputs: { x: new Float64Array([3, 4]), n: 8 }, labels: { kind: null } },
    { id: 'c', inputs: { x: [5, 6], n: 9 }, labels: { kind: 'cat', late: 3 } },
  ];
  const spaces = { size: { values: ['w', 'h'] } };

  it('keeps inputs, labels by name, by index and as values, and samples without a label', async () => {
    async function* slowly(): AsyncGenerator<Sample> {
      for (const sample of two) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        yield sample;
      }
    }
    const data = await datasetFromIterable(slowly(), { spaces });
    expect(data.inputs).toEqual({ x: { shape: [2], dtype: 'float32' }, n: { shape: [], dtype: 'float32' } });
    expect(data.labels).toEqual({ kind: new Int32Array([1, -1, 0]), late: new Int32Array([-1, -1, 3]), size: new Float32Array([0.5, 1, NaN, NaN, NaN, NaN]) });
    expect(data.spaces).toEqual({ ...spaces, kind: ['cat', 'dog'] });
    expect([0, 1, 2].map((row) => data.id(row))).toEqual(['a', 'b', 'c']);
    expect(await rowsOf(data, 'x')).toEqual([5, 6, 3, 4, 1, 2]);
    expect(await rowsOf(data, 'n')).toEqual([9, 8, 7]);
  });

  it('takes the order of declared classes, through `of` as well, and nested and int32 inputs', async () => {
    const samples = [{ id: 'a', inputs: { t: [[1], [2]] }, labels: { fine: 'z', coarse: 'y' } }, { id: 'b', inputs: { t: [[3], [4]] }, labels: { fine: 0, coarse: 'x' } }];
    const declared = { fine: ['z', 'a'], coarse: { of: 'fine', groups: { x: ['a'], y: ['z'] } } };
    const data = await datasetFromIterable(samples, { spaces: declared, inputs: { t: { dtype: 'int32' } } });
    expect(data.labels).toEqual({ fine: new Int32Array([0, 0]), coarse: new Int32Array([1, 0]) });
    expect(data.inputs['t']).toEqual({ shape: [2, 1], dtype: 'int32' });
    expect(await rowsOf(data, 't')).toEqual([3, 4, 1, 2]);
  });

  it('sorts names that are numbers as numbers', async () => {
    const samples = ['10', '9', '2'].map((kind, i) => ({ id: `s${i}`, inputs: { x: 0 }, labels: { kind } }));
    const data = await datasetFromIterable(samples);
    expect(data.spaces).toEqual({ kind: ['2', '9', '10'] });
    expect(data.labels['kind']).toEqual(new Int32Array([2, 1, 0]));
  });

  it('has a hash that follows ids and values, not labels', async () => {
    const hash = async (samples: Sample[]): Promise<string> => (await datasetFromIterable(samples, { spaces })).hash!;
    const first = await hash(two);
    expect(await hash(structuredClone(two))).toBe(first);
    expect(await hash([{ ...two[0]!, id: 'z' }, ...two.slice(1)])).not.toBe(first);
    expect(await hash([{ ...two[0]!, inputs: { x: [1, 2.5], n: 7 } }, ...two.slice(1)])).not.toBe(first);
    expect(await hash([{ ...two[0]!, labels: { kind: 'cat', size: [0.5, 1] } }, ...two.slice(1)])).toBe(first);
    expect(await hash([{ id: 'a', inputs: { x: [1, 2] } }])).not.toBe(await hash([{ id: 'a', inputs: { x: [[1, 2]] } }]));
  });

  it('reads more rows than its first array holds', async () => {
    const data = await datasetFromIterable(Array.from({ length: 5000 }, (_, i) => ({ id: `${i}`, inputs: { x: i } })));
    expect(await rowsOf(data, 'x')).toEqual(Array.from({ length: 5000 }, (_, i) => 4999 - i));
  });

  it('takes numbers as ids', async () => {
    const data = await datasetFromIterable([{ id: 7, inputs: { x: 1 } }, { id: 0.5, inputs: { x: 2 } }]);
    expect([data.id(0), data.id(1)]).toEqual(['7', '0.5']);
  });

  const good: Sample = { id: 'a', inputs: { x: [1, 2] }, labels: { kind: 'p' } };
  const bad: [ErrorCode, string, unknown, IterableOptions?][] = [
    ['KD_DATA_DUPLICATE_ID', 'an id twice', { ...good }],
    ['KD_DATA_ROW', 'no id', { inputs: good.inputs }],
    ['KD_DATA_ROW', 'an empty id', { ...good, id: '' }],
    ['KD_DATA_ROW', 'an id that is no number', { ...good, id: Number.NaN }],
    ['KD_DATA_ROW', 'null', null],
    ['KD_DATA_ROW', 'no inputs', { id: 'b' }],
    ['KD_DATA_ROW', 'a missing input', { id: 'b', inputs: { y: 1 } }],
    ['KD_DATA_ROW', 'an extra input', { id: 'b', inputs: { x: [1, 2], y: 1 } }],
    ['KD_DATA_ROW', 'a shorter input', { id: 'b', inputs: { x: [1] } }],
    ['KD_DATA_ROW', 'another shape', { id: 'b', inputs: { x: [[1], [2]] } }],
    ['KD_DATA_ROW', 'text as input', { id: 'b', inputs: { x: ['1', '2'] } }],
    ['KD_DATA_NOT_FINITE', 'NaN', { id: 'b', inputs: { x: [1, Number.NaN] } }],
    ['KD_DATA_NOT_FINITE', 'more than float32 holds', { id: 'b', inputs: { x: [1, 1e39] } }],
    ['KD_DATA_ROW', 'half a whole number', { id: 'b', inputs: { x: [1, 0.5] } }, { inputs: { x: { dtype: 'int32' } } }],
    ['KD_DATA_ROW', 'more than int32 holds', { id: 'b', inputs: { x: [1, 2 ** 31] } }, { inputs: { x: { dtype: 'int32' } } }],
    ['KD_DATA_ROW', 'labels as text', { id: 'b', inputs: { x: [1, 2] }, labels: 'p' }],
    ['KD_DATA_ROW', 'an index among names', { id: 'b', inputs: { x: [1, 2] }, labels: { kind: 1 } }],
    ['KD_LABEL_UNKNOWN', 'a class that is not declared', { id: 'b', inputs: { x: [1, 2] }, labels: { kind: 'q' } }, { spaces: { kind: ['p'] } }],
    ['KD_DATA_LABEL_RANGE', 'an index out of range', { id: 'b', inputs: { x: [1, 2] }, labels: { kind: 1 } }, { spaces: { kind: ['p'] } }],
    ['KD_DATA_LABEL_RANGE', 'half an index', { id: 'b', inputs: { x: [1, 2] }, labels: { kind: 0.5 } }, { spaces: { kind: ['p'] } }],
    ['KD_DATA_ROW', 'one value of two', { id: 'b', inputs: { x: [1, 2] }, labels: { size: 1 } }, { spaces }],
    ['KD_DATA_NOT_FINITE', 'a value that is no number', { id: 'b', inputs: { x: [1, 2] }, labels: { size: [1, Number.NaN] } }, { spaces }],
  ];
  it.each(bad)('gives %s for %s', async (code, _, sample, options) => {
    const error = await expectKdError(code, () => datasetFromIterable([good, sample as Sample], { name: 'pets', ...options }));
    expect(error.message).toContain('pets');
    expect(error.message.match(/row 1\b/g)?.length ?? 0, error.message).toBeLessThan(2);
  });

  it('refuses nothing at all', async () => {
    await expectKdError('KD_DATA_EMPTY', () => datasetFromIterable([]));
  });
});

describe('csvDataset', () => {
  const read = (content: string | Uint8Array, options: Partial<CsvOptions> = {}): Promise<Dataset> =>
    csvDataset({ file: write('pets.csv', content), id: 'id', inputs: { x: ['width', 'height'], weight: 'weight' }, labels: { kind: 'kind' }, ...options });
  const plain = 'id,width,height,weight,kind\na,1,2.5,-3e2,dog\nb,.5,0,7,\nc,4,5,6,cat\n';

  it('reads inputs of one and several columns, labels by name, and empty labels as none', async () => {
    const data = await read(plain);
    expect(data.inputs).toEqual({ x: { shape: [2], dtype: 'float32' }, weight: { shape: [], dtype: 'float32' } });
    expect(await rowsOf(data, 'x')).toEqual([4, 5, 0.5, 0, 1, 2.5]);
    expect(await rowsOf(data, 'weight')).toEqual([6, 7, -300]);
    expect(data.labels['kind']).toEqual(new Int32Array([1, -1, 0]));
    expect(data.spaces).toEqual({ kind: ['cat', 'dog'] });
    expect(data.id(2)).toBe('c');
  });

  it('takes no sample for one without a label that has some of its values', async () => {
    const values = { labels: { size: ['width', 'height'] }, inputs: { weight: 'weight' }, spaces: { size: { values: ['width', 'height'] } } };
    expect((await read(plain.replace('.5,0,7', ',,7'), values)).labels['size']).toEqual(new Float32Array([1, 2.5, Number.NaN, Number.NaN, 4, 5]));
    expect((await expectKdError('KD_DATA_ROW', () => read(plain.replace('.5,0,7', '.5,,7'), values))).message).toMatch(/line 3.*column 'height' is empty/);
  });

  it('reads the same from other spellings of the same table', async () => {
    const hash = (await read(plain)).hash;
    expect((await read(`\uFEFF${plain}`)).hash).toBe(hash);
    expect((await read(plain.replaceAll('\n', '\r\n'))).hash).toBe(hash);
    expect((await read(plain.replaceAll('\n', '\n\n').trimEnd())).hash).toBe(hash);
    expect((await read(plain.replaceAll(',', ' ; '), { delimiter: ';' })).hash).toBe(hash);
    expect((await read('kind,"id",weight,height,other,width\ndog,a,-300,2.5,"x, y",1\n,b,7,0,"z\nz",0.5\ncat,"c",6,5,,4\n')).hash).toBe(hash);
  });

  it('takes the order of declared classes, and values of a regression', async () => {
    const data = await read(plain, { labels: { kind: 'kind', size: ['width', 'height'], mass: 'weight' }, spaces: { kind: ['dog', 'cat'], size: { values: ['w', 'h'] }, mass: { values: ['kg'] } } });
    expect(data.labels).toEqual({ kind: new Int32Array([0, -1, 1]), size: new Float32Array([1, 2.5, 0.5, 0, 4, 5]), mass: new Float32Array([-300, 7, 6]) });
  });

  const bad: [ErrorCode, string, string, string, Partial<CsvOptions>?][] = [
    ['KD_DATA_ROW', 'an empty cell', plain.replace('b,.5,', 'b,,'), "line 3: column 'width' is empty"],
    ['KD_DATA_ROW', 'no number', plain.replace('b,.5', 'b,0x10'), 'line 3: column \'width\' holds "0x10"'],
    ['KD_DATA_NOT_FINITE', 'NaN', plain.replace('b,.5', 'b,NaN'), 'line 3'],
    ['KD_DATA_NOT_FINITE', 'infinity', plain.replace('2.5', '-inf'), 'line 2, input \'x\' holds -Infinity'],
    ['KD_DATA_ROW', 'too few cells', plain.replace(',7,', ','), 'line 3'],
    ['KD_DATA_ROW', 'an open quote', plain.replace('dog', '"dog'), 'line'],
    ['KD_DATA_ROW', 'an empty id', plain.replace('b,', ','), 'line 3: its id is ""'],
    ['KD_DATA_DUPLICATE_ID', 'an id twice', plain.replace('b,', 'a,'), "'a'"],
    ['KD_DATA_COLUMN', 'no such column', plain, "'breadth'", { inputs: { x: 'breadth' } }],
    ['KD_DATA_COLUMN', 'a column of the prototype', plain, "'constructor'", { id: 'constructor' }],
    ['KD_DATA_ROW', 'a column twice', plain.replace('height', 'width'), "'width'"],
    ['KD_LABEL_UNKNOWN', 'an unknown class', plain, 'line 4', { spaces: { kind: ['dog'] } }],
    ['KD_DATA_EMPTY', 'a header alone', 'id,width,height,weight,kind\n', 'pets.csv'],
    ['KD_DATA_EMPTY', 'an empty file', '', 'pets.csv'],
  ];
  it.each(bad)('gives %s for %s', async (code, _, content, part, options) => {
    const error = await expectKdError(code, () => read(content, options));
    expect(error.message).toContain(part);
  });

  it('names a missing file', async () => {
    await expectKdError('KD_FILE_MISSING', () => csvDataset({ file: '/nowhere/a.csv', id: 'id', inputs: { x: 'x' } }));
    await expectKdError('KD_FILE_UNREADABLE', () => csvDataset({ file: temporaryFolder(), id: 'id', inputs: { x: 'x' } }));
  });
});

describe('jsonlDataset', () => {
  const line = (id: unknown, x: unknown, kind?: unknown): string => JSON.stringify({ id, inputs: { x }, labels: { kind }, source: 'web' });
  const plain = [line('a', [1, 2], 'dog'), line(7, [3, 4]), line('ü', [5, 6], 'cat')].join('\n');

  it('reads lines, with or without a last line end, CRLF, a byte order mark and empty lines', async () => {
    const data = await jsonlDataset({ file: write('a.jsonl', plain) });
    expect([0, 1, 2].map((row) => data.id(row))).toEqual(['a', '7', 'ü']);
    expect(data.labels['kind']).toEqual(new Int32Array([1, -1, 0]));
    expect(await rowsOf(data, 'x')).toEqual([5, 6, 3, 4, 1, 2]);
    for (const other of [`${plain}\n`, `\uFEFF${plain}`, plain.replaceAll('\n', '\r\n'), `${plain.replaceAll('\n', '\n\r\n\n')}\n\n`]) {
      expect((await jsonlDataset({ file: write('b.jsonl', other) })).hash).toBe(data.hash);
    }
  });

  it('reads lines that are longer than one piece of the file', async () => {
    const long = Array.from({ length: 60_000 }, (_, i) => i);
    const data = await jsonlDataset({ file: write('a.jsonl', `${line('a', long)}\n${line('b', long)}\n`) });
    expect((await rowsOf(data, 'x')).slice(59_998, 60_002)).toEqual([59998, 59999, 0, 1]);
  });

  const bad: [ErrorCode, string, string | Uint8Array][] = [
    ['KD_DATA_ROW', 'a bad line', `${plain}\n\n{"id":`],
    ['KD_DATA_ROW', 'a key twice', `${plain}\n\n{"id":"d","id":"e","inputs":{"x":[1,2]}}`],
    ['KD_DATA_ROW', '__proto__', `${plain}\n\n{"id":"d","__proto__":{"x":1},"inputs":{"x":[1,2]}}`],
    ['KD_DATA_ROW', 'invalid UTF-8', Buffer.concat([Buffer.from(`${plain}\n\n{"id":"`), Buffer.from([0xff]), Buffer.from('"}')])],
    ['KD_DATA_ROW', 'a list', `${plain}\n\n[1]`],
    ['KD_DATA_ROW', 'null', `${plain}\n\nnull`],
    ['KD_DATA_ROW', 'a missing input', `${plain}\n\n{"id":"d","inputs":{}}`],
    ['KD_DATA_NOT_FINITE', 'a number beyond all numbers', `${plain}\n\n{"id":"d","inputs":{"x":[1,1e400]}}`],
    ['KD_DATA_ROW', 'text for a number', `${plain}\n\n${line('d', [1, '2'])}`],
  ];
  it.each(bad)('gives %s for %s, with the line', async (code, what, content) => {
    const error = await expectKdError(code, () => jsonlDataset({ file: write('a.jsonl', content) }));
    expect(error.message).toContain('a.jsonl line 5');
    if (what === 'invalid UTF-8') expect(error.message).toContain('it is no valid UTF-8');
  });

  it('says of a line that is no object what it should be', async () => {
    const error = await expectKdError('KD_DATA_ROW', () => jsonlDataset({ file: write('a.jsonl', '[{"id":"a"}]') }));
    expect(error.message).toContain('a.jsonl line 1: it is not one JSON object');
  });

  it('takes no other options in a config', () => {
    const { options } = nodePlugin.strategies!.find(({ name }) => name === 'jsonl') as unknown as { options: ZodType };
    expect(options.safeParse({ file: 'a', inputs: { x: { shape: [2], dtype: 'int32' }, y: {} } }).success).toBe(true);
    for (const wrong of [{ fiel: 'b' }, { inputs: { x: { shap: [2] } } }, { inputs: { x: { dtype: 'int8' } } }]) {
      expect(options.safeParse({ file: 'a', ...wrong }).success).toBe(false);
    }
  });

  it('names a missing file', async () => {
    await expectKdError('KD_FILE_MISSING', () => jsonlDataset({ file: '/nowhere/a.jsonl' }));
  });
});
