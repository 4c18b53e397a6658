import { describe, expect, it } from 'vitest';
import { resolveLabelSpaces } from '@kd/core';
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
});
