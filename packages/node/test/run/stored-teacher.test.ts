import { describe, expect, it } from 'vitest';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { distill, fromArrays, resolveLabelSpaces, samplesHash, type Dataset } from '@kd/core';
import { nodePlugin } from '../../src/run/node-plugin.ts';
import { storedTeacher } from '../../src/run/stored-teacher.ts';
import { createStore } from '../../src/store/write-store.ts';
import { expectKdError } from '../expect-kd-error.ts';
import { temporaryFolder } from '../temporary-folder.ts';

describe('storedTeacher', () => {
  it('refuses answers about other classes, or in another order', async () => {
    const folder = temporaryFolder();
    const store = await createStore(folder, { ids: ['a'], samplesHash: 'x' });
    const writer = await store.writer({ name: 'size', hash: 'h', space: 'size', classes: ['small', 'big'] }, { logits: { dtype: 'float16', shape: [2] } });
    await writer.append(1, { logits: [1, 2] });
    await writer.finish();
    await store.close();

    const spaces = resolveLabelSpaces({ theirs: ['small', 'big'], turned: ['big', 'small'], colour: ['red', 'blue'], more: ['small', 'middle', 'big'] });
    const open = (space: string): unknown => storedTeacher(folder, 'size', { id: 'old', space: spaces.get(space)! });
    expect(open('theirs')).toMatchObject({ manifest: { id: 'old' } });
    for (const space of ['turned', 'colour']) {
      const { message } = await expectKdError('KD_STORE_MISMATCH', () => open(space));
      expect(message).toContain("the classes of teacher 'size' is small, big, expected");
    }
    await expectKdError('KD_TEACHER_SHAPE', () => open('more'));
  });

  it('names its answers, so that other ones are not taken for them', async () => {
    const hashOf = async (logits: number[]): Promise<unknown> => {
      const folder = temporaryFolder();
      const store = await createStore(folder, { ids: ['a'], samplesHash: 'x' });
      const writer = await store.writer({ name: 'size', hash: 'h', space: 'size', classes: ['small', 'big'] }, { logits: { dtype: 'float16', shape: [2] } });
      await writer.append(1, { logits });
      await writer.finish();
      await store.close();
      return storedTeacher(folder, 'size', { id: 'old', space: resolveLabelSpaces({ size: ['small', 'big'] }).get('size')! }).stored!({ size: 1, id: () => 'a' }).hash;
    };
    expect(await hashOf([1, 2])).toBe(await hashOf([1, 2]));
    expect(await hashOf([1, 2])).not.toBe(await hashOf([2, 1]));
  });

  const data = (first: number, ids?: string[]): Dataset =>
    fromArrays({ inputs: { x: { shape: [1], values: [first, 2, 3, 4] } }, labels: { size: [0, 0, 1, 1] }, ...(ids && { ids }) });

  it.each([
    ['the same samples', data(1), data(1), 0],
    ['other samples in their places', data(1), data(7), 1],
    ['the same samples in another form, by ids of their own', data(1, ['a', 'b', 'c', 'd']), data(7, ['a', 'b', 'c', 'd']), 0],
    ['the same samples, of which a share is held back', data(1), data(1), 0, 0.25],
    ['other samples in their places, of which a share is held back', data(1), data(7), 1, 0.25],
    ['other samples by ids of their own, of which a share is held back', data(1, ['a', 'b', 'c', 'd']), data(7, ['a', 'b', 'c', 'd']), 0, 0.25],
  ])('says where answers may be of other samples: %s', async (_, before, now, count, validation?: number) => {
    const folder = temporaryFolder();
    const store = await createStore(folder, { ids: [0, 1, 2, 3].map((row) => before.id(row)), samplesHash: await samplesHash(before) });
    const writer = await store.writer({ name: 'old', hash: 'h', space: 'size', classes: ['small', 'big'] }, { logits: { dtype: 'float16', shape: [2] } });
    await writer.append(4, { logits: [2, 1, 2, 1, 1, 2, 1, 2] });
    await writer.finish();
    await store.close();
    const warnings: string[] = [];
    await distill({
      plugins: [nodePlugin], data: { train: now, ...(validation && { validation }) }, labels: { size: ['small', 'big'] },
      teachers: { old: { source: ['stored-predictions', { store: folder }], speaks: 'size' } },
      student: { model: () => sequential({ layers: [layers.dense({ units: 2, inputShape: [1], name: 'logits' })] }), heads: { size: 'logits' } },
      alpha: 0.5, train: { epochs: 1, batchSize: 4 },
    }, { reporter: { warn: (message) => void warnings.push(message) } });
    expect(warnings).toHaveLength(count);
    if (count > 0) expect(warnings[0]).toContain("Teacher 'old': its stored answers were made for samples that held something else");
  });
});
