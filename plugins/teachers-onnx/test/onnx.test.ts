import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { startWasm, type LabelSpace, type NamedTensors, type Teacher } from '@kd/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onnx, type OnnxOptions } from '../src/index.ts';
import { describeWithRuntimes } from './runtimes.ts';

const small = join(import.meta.dirname, 'small');
/** What PyTorch and numpy say: images with channels last, `[5, 3, 4, 2]`. */
const said = JSON.parse(readFileSync(join(small, 'answers.json'), 'utf8')) as Record<'images' | 'logits' | 'hidden' | 'word' | 'half' | 'keep' | 'scores', number[]>;
const space: LabelSpace = { name: 'colour', kind: 'classes', classes: ['red', 'green', 'blue'] };

type Open = (path: string, options?: Partial<OnnxOptions>, speaks?: LabelSpace) => Promise<Teacher>;

/** Opens one of the small models, or another by its whole path. */
const openIn = (base: string): Open => (path, options = {}, speaks = space) => onnx.create({ path: resolve(small, path), ...options }, { base }).open({ id: 'low', space: speaks });

/** The answer for inputs, which it frees, as nested arrays. */
async function ask(teacher: Teacher, inputs: NamedTensors, features: readonly string[] = []): Promise<Record<string, unknown>> {
  const answer = await teacher.signals(inputs, features);
  const numbers = Object.fromEntries(Object.entries(answer).map(([name, tensor]) => [name, tensor.arraySync()]));
  tf.dispose([answer, inputs]);
  await teacher.close?.();
  return numbers;
}

function close(received: unknown, expected: unknown): void {
  const flat = (value: unknown): number[] => [value].flat(Infinity) as number[];
  expect(flat(received)).toHaveLength(flat(expected).length);
  flat(received).forEach((value, i) => expect(value).toBeCloseTo(flat(expected)[i]!, 5));
}

const images = (): tf.Tensor => tf.tensor(said.images);

const folder = mkdtempSync(join(tmpdir(), 'kd-onnx-'));
beforeAll(() => startWasm());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeWithRuntimes('an ONNX model as a teacher', (base) => {
  const open = openIn(base);

  it('answers as in PyTorch, where channels come first, and gives its other outputs as features', async () => {
    const teacher = await open('channels.onnx');
    expect([teacher.hasFeature('hidden'), teacher.hasFeature('elsewhere')]).toEqual([true, false]);
    const answer = await ask(teacher, { image: images() }, ['hidden']);
    close(answer['logits'], said.logits);
    close(answer['features/hidden'], said.hidden);
  });

  it.each([
    ['channels first', () => tf.transpose(tf.tensor(said.images), [0, 3, 1, 2])],
    ['flat samples', () => tf.reshape(tf.transpose(tf.tensor(said.images), [0, 3, 1, 2]), [5, 24])],
    ['an axis of length 1', () => tf.expandDims(tf.transpose(tf.tensor(said.images), [0, 3, 1, 2]), 1)],
  ])('takes %s', async (_, given) => {
    close((await ask(await open('channels.onnx'), { picture: tf.tidy(given) }))['logits'], said.logits);
  });

  it('finds weights that lie beside it', async () => {
    const teacher = await open('external.onnx');
    expect(teacher.manifest.parameters).toBe(2 * 4 * 9 + 4 + 4 * 3 + 3);
    close((await ask(teacher, { image: images() }))['logits'], said.logits);
  });

  it('that takes two samples at once is asked for five all the same', async () => {
    const answer = await ask(await open('pairs.onnx'), { image: images() }, ['hidden']);
    close(answer['logits'], said.logits);
    close(answer['features/hidden'], said.hidden);
  });

  it('hears and says other types of numbers', async () => {
    const teacher = await open('types.onnx', { inputs: { half: 'vector' } });
    expect(teacher.manifest.inputs).toEqual(['word', 'vector', 'keep']);
    close((await ask(teacher, { word: tf.tensor1d(said.word, 'int32'), vector: tf.tensor(said.half), keep: tf.tensor(said.keep) }))['logits'], said.scores);
  });

  it('is not given other whole numbers than the data holds', async () => {
    const teacher = await open('types.onnx');
    for (const word of [0.5, 2 ** 31, Number.NaN]) {
      const inputs = { word: tf.tensor1d([3, word]), half: tf.zeros([2, 3]), keep: tf.ones([2, 1]) };
      await expect(ask(teacher, inputs)).rejects.toThrow(`the model wants whole numbers, of which ${word} in the data is none that it can hold; scale it in the teacher's \`preprocess\``);
      tf.dispose(inputs);
    }
    await teacher.close?.();
  });

  it('may give probabilities, or values', async () => {
    const likely = await ask(await open('channels.onnx', { gives: 'probabilities' }), { image: images() });
    close((likely['logits'] as number[][]).flat().map(Math.exp), said.logits.flat().map((value) => Math.max(value, 0)));
    const values: LabelSpace = { name: 'hidden', kind: 'values', classes: ['a', 'b', 'c', 'd'] };
    close((await ask(await open('channels.onnx', { output: 'hidden' }, values), { image: images() }))['values'], said.hidden);
  });

  it('leaves no tensor behind', async () => {
    const teacher = await open('channels.onnx');
    const inputs = { image: images() };
    const before = tf.memory().numTensors;
    tf.dispose(await teacher.signals(inputs, ['hidden']));
    // What is made before the first wait belongs to the caller's tidy.
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(1);
    await teacher.close?.();
  });

  it.each([
    ['another number of values', { image: [2, 3, 4, 3] }, 'KD_DATA_INPUT_SHAPE', /\[2, 3, 4\].*\[3, 4, 3\]/],
    ['axes that may mean anything', { image: [2, 4, 3, 2] }, 'KD_DATA_INPUT_SHAPE', /\[4, 3, 2\]/],
    ['inputs of other names', { picture: [2, 24], text: [2, 24] }, 'KD_DATA_INPUT_MISSING', /image.*picture, text/],
  ] as const)('refuses %s', async (_, shapes, code, message) => {
    const teacher = await open('channels.onnx');
    const inputs = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, tf.zeros([...shape])]));
    await expect(ask(teacher, inputs)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
    tf.dispose(inputs);
    await teacher.close?.();
  });

  it('that does not give a row for each sample is refused', async () => {
    const teacher = await open('total.onnx');
    await expect(ask(teacher, { x: tf.zeros([2, 3]) })).rejects.toMatchObject({ code: 'KD_MODEL_INVALID', message: expect.stringMatching(/'total' is \[1, 1\] for 2 samples/) as string });
  });

  it.each<readonly [string, string, Partial<OnnxOptions>, string, RegExp]>([
    ['lacks the output', 'channels.onnx', { output: 'answer' }, 'KD_MODEL_PART', /no output 'answer'; it has logits, hidden/],
    ['lacks the input', 'channels.onnx', { inputs: { picture: 'image' } }, 'KD_MODEL_PART', /no input 'picture'; it has image/],
    ['has no inputs', 'constant.onnx', {}, 'KD_MODEL_INVALID', /it has no inputs/],
    ['wants texts', 'text.onnx', {}, 'KD_MODEL_INVALID', /'words' is string, expected one of float32/],
  ])('that %s is refused', async (_, path, options, code, message) => {
    await expect(open(path, options)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it('that ends too early is refused wherever it ends', async () => {
    const whole = readFileSync(join(small, 'channels.onnx'));
    const file = join(folder, 'short.onnx');
    for (let length = 1; length < whole.length; length += 97) {
      writeFileSync(file, whole.subarray(0, length));
      await expect(open(file)).rejects.toMatchObject({ code: expect.stringMatching(/^KD_(FILE|MODEL)_INVALID$/) as string });
    }
  });

  it('has another hash where weights, or what is asked of it, are others', async () => {
    const hashOf = async (...asked: Parameters<Open>): Promise<string> => {
      const teacher = await open(...asked);
      await teacher.close?.();
      return teacher.manifest.hash;
    };
    for (const name of ['external.onnx', 'external.onnx.data']) copyFileSync(join(small, name), join(folder, name));
    const file = join(folder, 'external.onnx');
    const hash = await hashOf(file);
    expect(await hashOf('external.onnx')).toBe(hash);
    const weights = readFileSync(`${file}.data`);
    weights[0]! ^= 1;
    writeFileSync(`${file}.data`, weights);
    const others = [await hashOf(file), await hashOf('external.onnx', { gives: 'probabilities' }), await hashOf('external.onnx', { inputs: { image: 'picture' } }), await hashOf('external.onnx', { output: 'hidden' })];
    expect(new Set([hash, ...others]).size).toBe(5);
  });
});
