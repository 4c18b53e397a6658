import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabelSpace, NamedTensors, Teacher } from '@kd/core';
import { savedModel, type SavedModelOptions } from '../../src/index.ts';
import { describeNative, startNative } from '../native.ts';

const small = join(import.meta.dirname, 'small');
const space: LabelSpace = { name: 'colour', kind: 'classes', classes: ['red', 'green', 'blue'] };

function open(options: Partial<SavedModelOptions> = {}): Promise<Teacher> {
  return savedModel.create({ path: 'small', ...options }, { base: import.meta.dirname }).open({ id: 'low', space });
}

describe('a SavedModel', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kd-saved-model-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('tells its inputs and its features', async () => {
    const teacher = await open({ signature: 'two', inputs: { word: 'text' } });
    expect(teacher.manifest.inputs.toSorted()).toEqual(['text', 'x']);
    expect((await open()).hasFeature('features')).toBe(true);
    expect((await open()).hasFeature('hidden')).toBe(false);
  });

  it('has another hash when a file, or what is asked of it, is another', async () => {
    cpSync(small, folder, { recursive: true });
    const { hash } = (await open({ path: folder })).manifest;
    expect((await open()).manifest.hash).toBe(hash);
    expect((await open({ signature: 'two' })).manifest.hash).not.toBe(hash);
    writeFileSync(join(folder, 'variables/variables.index'), 'other');
    expect((await open({ path: folder })).manifest.hash).not.toBe(hash);
  });

  it.each<readonly [string, Partial<SavedModelOptions>, string, RegExp]>([
    ['is not there', { path: 'nowhere' }, 'KD_FILE_MISSING', /nowhere/],
    ['lacks the signature', { signature: 'predict' }, 'KD_MODEL_PART', /no signature 'predict'; it has .*serving_default.*two/],
    ['lacks the output', { output: 'answer' }, 'KD_MODEL_PART', /no output 'answer'; it has .*logits/],
    ['lacks the input', { inputs: { y: 'image' } }, 'KD_MODEL_PART', /no input 'y'; it has .*x/],
  ])('that %s is refused', async (_, options, code, message) => {
    await expect(open(options)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it.each([['nothing', ''], ['another file', 'a text that is no protobuf']])('of %s is refused', async (_, content) => {
    const damaged = mkdtempSync(join(folder, 'damaged-'));
    writeFileSync(join(damaged, 'saved_model.pb'), content);
    await expect(open({ path: damaged })).rejects.toMatchObject({ code: 'KD_FILE_INVALID' });
  });
});

describeNative('a SavedModel as a teacher', () => {
  beforeAll(async () => {
    await startNative();
  });
  const x = (): tf.Tensor => tf.tensor2d([[1, 2, 3, 4], [-1, 0, 1, 2]]);
  const values = (answer: NamedTensors, name: string): number[][] => answer[name]!.arraySync() as number[][];

  /** Rows that agree to float rounding. */
  function expectClose(received: number[][], expected: number[][]): void {
    expect(received.flat()).toHaveLength(expected.flat().length);
    received.flat().forEach((value, i) => expect(value).toBeCloseTo(expected.flat()[i]!, 5));
  }

  it('answers as TensorFlow does', async () => {
    const teacher = await open();
    const answer = await teacher.signals({ x: x() }, ['features']);
    expectClose(values(answer, 'logits'), [[2, 3, 4], [-0.6, 0.6, 1.8]]);
    expectClose(values(answer, 'features/features'), [[0, 1, 2, 3, 4], [2, 2.2, 2.4, 2.6, 2.8]]);
    await teacher.close?.();
  });

  it("reads the data's inputs by name, and brings them to its types", async () => {
    const teacher = await open({ signature: 'two', inputs: { word: 'text' } });
    const answer = await teacher.signals({ x: x(), text: tf.tensor1d([1, 0], 'int32') }, []);
    expectClose(values(answer, 'logits'), [[2, 5, 4], [-0.6, 0.6, 2.8]]);
    await teacher.close?.();
  });

  it('holds nothing more after many answers', async () => {
    const teacher = await open();
    const backend = tf.findBackend('tensorflow') as unknown as { runtime: { handles: { count: number } } };
    const given = x();
    const ask = (): void => tf.tidy(() => void teacher.signals({ x: given }, []));
    ask();
    const before = backend.runtime.handles.count;
    for (let i = 0; i < 300; i++) ask();
    expect(backend.runtime.handles.count).toBe(before);
    await teacher.close?.();
  });

  it('opens after an operation that has failed', async () => {
    expect(() => tf.gather(tf.ones([3, 2]), tf.tensor1d([5], 'int32'))).toThrow(/not in \[0, 3\)/);
    const teacher = await open();
    expectClose(values(await teacher.signals({ x: x() }, []), 'logits'), [[2, 3, 4], [-0.6, 0.6, 1.8]]);
    await teacher.close?.();
  });

  it('is told apart from data that it cannot read', async () => {
    const teacher = await open();
    expect(() => teacher.signals({ image: x() }, [])).toThrow(/input 'x'/);
    expect(() => teacher.signals({ x: tf.ones([2, 5]) }, [])).toThrow(/\[4\].*\[5\]|\[5\].*\[4\]/);
    await teacher.close?.();
  });

  it('cannot be loaded where its variables are damaged', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kd-saved-model-'));
    cpSync(small, folder, { recursive: true });
    writeFileSync(join(folder, 'variables/variables.index'), 'no index');
    const teacher = await open({ path: folder });
    expect(() => teacher.signals({ x: x() }, [])).toThrow(expect.objectContaining({ code: 'KD_MODEL_INVALID' }) as Error);
    rmSync(folder, { recursive: true });
  });
});
