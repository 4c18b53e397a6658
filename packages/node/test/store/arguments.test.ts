import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openStore } from '../../src/store/read-store.ts';
import { createStore, type StoreContent, type StoredTeacher, type WriterOptions } from '../../src/store/write-store.ts';
import { expectKdError } from '../expect-kd-error.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { content, filesOf, filled, logits, low, samples } from './small-store.ts';

it.each([
  [{ samplesHash: 'abc' }, 'ids'],
  [{ ids: [1, 2], samplesHash: 'abc' }, 'ids.0'],
  [{ ids: ['a'] }, 'samplesHash'],
])('a store of %j is not begun', async (given, place) => {
  const folder = temporaryFolder();
  const { message } = await expectKdError('KD_ARGUMENT', () => createStore(folder, given as unknown as StoreContent));
  expect(message).toMatch(new RegExp(`^createStore .*${place}: `));
  expect(readdirSync(folder)).toEqual([]);
});

const keyOf = (text: string): object => JSON.parse(text) as object;

it.each<[what: string, teacher: object, keys: object, options: object]>([
  ['no hash', { ...low, hash: undefined }, logits, {}],
  ['no classes', { ...low, classes: undefined }, logits, {}],
  ['no name', { ...low, name: undefined }, logits, {}],
  ['a name that no object can hold', { ...low, name: '__proto__' }, logits, {}],
  ['a key of that name', low, keyOf('{ "__proto__": { "dtype": "float16", "shape": [3] } }'), {}],
  ['a key that tensor files keep for themselves', low, { __metadata__: logits.logits }, {}],
  ['another type', low, { logits: { dtype: 'float64', shape: [3] } }, {}],
  ['a shape that is none', low, { logits: { dtype: 'float16', shape: 3 } }, {}],
  ['a shape of NaN', low, { logits: { dtype: 'float16', shape: [NaN] } }, {}],
  ['shards of no rows', low, logits, { rowsPerShard: 0 }],
  ['shards of half rows', low, logits, { rowsPerShard: 1.5 }],
])('a teacher with %s is refused, and the store stays as it was', async (_, teacher, keys, options) => {
  const folder = await filled();
  const store = await createStore(folder, content);
  const before = filesOf(folder);
  await expectKdError('KD_ARGUMENT', () => store.writer(teacher as StoredTeacher, keys as typeof logits, options as WriterOptions));
  expect(filesOf(folder)).toEqual(before);
  await store.close();
  openStore(folder).close();
});

it('rows that there are not, and too little room, are refused', async () => {
  const store = openStore(await filled());
  for (const row of [samples, -1, 0.5, NaN, null, undefined]) await expectKdError('KD_ARGUMENT', () => store.read('low', 'logits', [row] as number[], new Float32Array(3)));
  expect((await expectKdError('KD_ARGUMENT', () => store.read('low', 'logits', [0, 1], new Float32Array(3)))).message).toContain('2 samples of 3 values do not fit into 3');
  store.close();
});
