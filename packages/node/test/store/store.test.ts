import { readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lockName } from '../../src/files/run-lock.ts';
import { openStore } from '../../src/store/read-store.ts';
import { idsName, indexName } from '../../src/store/store-index.ts';
import { createStore } from '../../src/store/write-store.ts';
import { expectKdError } from '../expect-kd-error.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { samples, ids, content, low, logits, rowsPerShard, answer, answers, fill, filled, filesOf } from './small-store.ts';

describe('distillation data', () => {
  it.each([0, 1e9])('gives each sample its answer, by id or by row, in any order (%d bytes of memory)', async (memory) => {
    const store = openStore(await filled(), { memory });
    expect(store.ids).toEqual(ids);
    expect(store.teachers['low']).toEqual({ hash: 'h1', space: 'digit', classes: ['a', 'b', 'c'], keys: logits, rows: samples, complete: true, answersHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    fc.assert(fc.property(fc.array(fc.nat(samples - 1), { maxLength: 30 }), (rows) => {
      const out = new Float32Array(rows.length * 3);
      store.read('low', 'logits', rows, out);
      expect(Array.from(out)).toEqual(rows.flatMap((row) => answer(row, 1)));
      const byId = new Float32Array(rows.length * 3);
      store.read('low', 'logits', rows.map((row) => ids[row]!), byId);
      expect(byId).toEqual(out);
    }));
    store.verify();
    store.close();
  });

  it('keeps shards in memory while there is room, and reads the others from the disk', async () => {
    const folder = await filled();
    const shards = readdirSync(folder).filter((name) => name.endsWith('.safetensors')).sort();
    const [size] = shards.map((name) => statSync(join(folder, name)).size);
    const store = openStore(folder, { memory: size! * 2.5 });
    store.verify();
    for (const name of shards) truncateSync(join(folder, name), 0);
    const read = (row: number): number[] => {
      const out = new Float32Array(3);
      store.read('low', 'logits', [row], out);
      return Array.from(out);
    };
    for (const row of [0, rowsPerShard, 2 * rowsPerShard - 1]) expect(read(row)).toEqual(answer(row, 1));
    for (const row of [2 * rowsPerShard, samples - 1]) expect(() => read(row)).toThrow();
    store.close();
  });

  it('keeps several keys, numbers of the right kind, and teachers with any name', async () => {
    const folder = temporaryFolder();
    const store = await createStore(folder, content);
    const keys = { indices: { dtype: 'uint16', shape: [2] }, logProbabilities: { dtype: 'float16', shape: [2] }, tail: { dtype: 'float32', shape: [] }, 'features/conv 2': { dtype: 'float32', shape: [2, 1] } } as const;
    const names = ['../evil', 'Low', 'low', 'con', 'ü'.repeat(300), 'low.', '7'];
    for (const name of names) {
      const writer = await store.writer({ ...low, name }, keys);
      const two = (f: (i: number) => number): number[] => Array.from({ length: samples * 2 }, (_, i) => f(i));
      await writer.append(samples, { indices: two((i) => i * 1000), logProbabilities: two((i) => -i), tail: Array.from({ length: samples }, (_, i) => (i === 3 ? -Infinity : i / 3)), 'features/conv 2': two((i) => i * 0.1) });
      await writer.finish();
    }
    await store.close();
    const read = openStore(folder);
    expect(Object.keys(read.teachers).sort()).toEqual([...names].sort());
    for (const name of names) {
      const indices = new Int32Array(4);
      read.read(name, 'indices', [22, 0], indices);
      expect(Array.from(indices)).toEqual([44000, 45000, 0, 1000]);
      const tail = new Float32Array(1);
      read.read(name, 'tail', [ids[22]!], tail);
      expect(tail[0]).toBe(Math.fround(22 / 3));
      read.read(name, 'tail', [3], tail);
      expect(tail[0]).toBe(-Infinity);
    }
    read.close();
    expect(new Set(readdirSync(folder)).size).toBe(names.length + 2);
  });

  it('adds a teacher without touching what is there', async () => {
    const folder = await filled();
    const before = filesOf(folder);
    const store = await createStore(folder, content);
    await fill(store, { ...low, name: 'high' }, 2);
    await store.close();
    const after = filesOf(folder);
    for (const [name, bytes] of Object.entries(before)) if (name !== indexName) expect(after[name]).toBe(bytes);
    const read = openStore(folder);
    const out = new Float32Array(6);
    read.read('high', 'logits', [9, 0], out);
    expect(Array.from(out)).toEqual([18, -9, 4.5, 0, -0, 0]);
    read.close();
  });

  it('resumes after the last finished shard, to the same bytes', async () => {
    const undisturbed = filesOf(await filled());
    for (let stop = 0; stop < samples; stop += 3) {
      const folder = temporaryFolder();
      const first = await createStore(folder, content);
      await fill(first, low, 1, stop);
      await first.close();
      const second = await createStore(folder, content);
      expect((await second.writer(low, logits, { rowsPerShard })).rowsDone).toBe(Math.floor(stop / rowsPerShard) * rowsPerShard);
      await fill(second, low, 1);
      await second.close();
      expect(filesOf(folder)).toEqual(undisturbed);
    }
  });

  it('paused after any number of answers, again and again, goes on after the last one, to the same bytes', async () => {
    const undisturbed = filesOf(await filled());
    for (const step of [1, 2, 3, 7]) {
      const folder = temporaryFolder();
      for (let stop = step; stop < samples; stop += step) {
        const store = await createStore(folder, content);
        const writer = await store.writer(low, logits, { rowsPerShard });
        expect(writer.rowsDone).toBe(stop - step);
        await writer.append(step, { logits: answers(stop - step, stop, 1) });
        await writer.pause();
        await writer.pause();
        await store.close();
        expect(openStore(folder).teachers['low']).toMatchObject({ rows: stop, complete: false });
      }
      const last = await createStore(folder, content);
      await fill(last, low, 1);
      await last.close();
      expect(filesOf(folder)).toEqual(undisturbed);
    }
  });

  it('refuses other samples, another teacher and another layout, unless told to replace', async () => {
    const folder = await filled();
    const refuse = async (change: object, part: string): Promise<void> => {
      const error = await expectKdError('KD_STORE_MISMATCH', () => createStore(folder, { ...content, ...change }));
      expect(error.message).toContain(part);
    };
    await refuse({ ids: ids.slice(1) }, 'number of samples');
    await refuse({ ids: [...ids].reverse() }, 'ids and their order');
    await refuse({ samplesHash: 'abd' }, 'content');
    const store = await createStore(folder, content);
    await expectKdError('KD_STORE_MISMATCH', () => store.writer({ ...low, hash: 'h2' }, logits));
    await expectKdError('KD_STORE_MISMATCH', () => store.writer({ ...low, classes: [...low.classes].reverse() }, logits));
    await expectKdError('KD_STORE_MISMATCH', () => store.writer(low, { logits: { dtype: 'float32', shape: [3] } }));
    const writer = await store.writer({ ...low, hash: 'h2' }, logits, { replace: true });
    expect(writer.rowsDone).toBe(0);
    expect(readdirSync(folder).sort()).toEqual([idsName, indexName, lockName].sort());
    await store.close();
  });

  it('refuses ids that cannot name samples', async () => {
    const folder = temporaryFolder();
    await expectKdError('KD_DATA_EMPTY', () => createStore(folder, { ids: [], samplesHash: '' }));
    await expectKdError('KD_DATA_DUPLICATE_ID', () => createStore(folder, { ids: ['a', 'b', 'a'], samplesHash: '' }));
    await expectKdError('KD_DATA_ROW', () => createStore(folder, { ids: ['a', 'b\nc'], samplesHash: '' }));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses a folder with other files', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'thesis.docx'), '');
    await expectKdError('KD_OUTPUT_NOT_OURS', () => createStore(folder, content));
    expect(readdirSync(folder)).toEqual(['thesis.docx']);
  });

  it('refuses values that the type cannot hold, and names the sample', async () => {
    const store = await createStore(temporaryFolder(), content);
    const writer = await store.writer(low, logits);
    for (const bad of [Number.NaN, Infinity, -Infinity, 70000]) {
      const values = answers(0, 2, 1);
      values[4] = bad;
      const error = await expectKdError('KD_STORE_VALUE', () => writer.append(2, { logits: values }));
      expect(error.message).toContain(ids[1]);
    }
    await expectKdError('KD_DATA_LENGTH', () => writer.append(2, { logits: new Float32Array(5) }));
    await expectKdError('KD_DATA_LENGTH', () => writer.append(2, {}));
    await expect(writer.append(samples + 1, { logits: answers(0, samples + 1, 1) })).rejects.toMatchObject({ code: 'KD_DATA_LENGTH', message: expect.stringMatching(/^'logits' of teacher '\w+', with what came before, has \d+ values, expected \d+\./) as string });
    await writer.append(2, { logits: answers(0, 2, 1) });
    expect((await expectKdError('KD_STORE_VALUE', () => writer.append(1, { logits: [0, Number.NaN, 0] }))).message).toContain(ids[2]);
    await expectKdError('KD_STORE_INCOMPLETE', () => writer.finish());
    const whole = await store.writer({ ...low, name: 'whole' }, { indices: { dtype: 'uint16', shape: [] } });
    for (const bad of [-1, 65536, 1.5]) await expectKdError('KD_STORE_VALUE', () => whole.append(1, { indices: [bad] }));
    await store.close();
  });

  it('says what is not there', async () => {
    const folder = await filled();
    const adding = await createStore(folder, content);
    await fill(adding, { ...low, name: 'half' }, 1, 12);
    await adding.close();
    const store = openStore(folder);
    const out = new Float32Array(3);
    await expectKdError('KD_STORE_TEACHER_UNKNOWN', () => store.read('constructor', 'logits', [0], out));
    await expectKdError('KD_STORE_KEY_UNKNOWN', () => store.read('low', 'toString', [0], out));
    await expectKdError('KD_STORE_ID_UNKNOWN', () => store.read('low', 'logits', ['nobody'], out));
    expect(store.teachers['half']).toMatchObject({ rows: 10, complete: false });
    store.read('half', 'logits', [9], out);
    await expectKdError('KD_STORE_INCOMPLETE', () => store.read('half', 'logits', [10], out));
    store.close();
    await expectKdError('KD_FILE_MISSING', () => openStore(temporaryFolder()));
  });

  it('lets one process write at a time', async () => {
    const folder = temporaryFolder();
    const store = await createStore(folder, content);
    await expectKdError('KD_RUN_LOCKED', () => createStore(folder, content));
    await store.close();
    await (await createStore(folder, content)).close();
  });
});
