import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { input, layers, model as functionalModel, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  defineLoss, defineMemoryPolicy, definePlugin, distill, fromArrays, MemoryWorkspace, startWasm, type Dataset, type ErrorCode, type KdConfig, type ModelFactory, type Predict,
} from '../../src/index.ts';
import { config, dataset, failure, INPUTS, knowsLetters, net, samples, summaryOf, weightsOf } from '../small-task.ts';

beforeAll(() => startWasm());

/** Counts training steps, of teachers too. */
function counted(changes: Partial<KdConfig>): { own: KdConfig; steps: () => number } {
  let steps = 0;
  const counting = definePlugin({ name: 'counting', apply: ({ hooks }) => hooks.stepEnd.tap('counting', () => void steps++) });
  return { own: config({ ...changes, plugins: [...(changes.plugins ?? []), counting] }), steps: () => steps };
}

const letters = (predict: Predict, more: object = {}): NonNullable<KdConfig['teachers']> => ({ trained: { model: net({ out: 2 }) as ModelFactory, speaks: 'vowel', train: true }, letters: { predict, speaks: 'letter', ...more } });
const hint = definePlugin({
  name: 'hints',
  strategies: [defineLoss<{ student: string; teacher: string; layer: string }>({
    name: 'hint', summary: 'Compares a layer.', options: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as never }) } },
    create: ({ student, teacher, layer }) => ({
      role: 'soft', needs: { logits: false, features: { student: [student], teacher: { id: teacher, layers: [layer] } } },
      compute: ({ features }) => tf.mean(tf.squaredDifference(features.student[student]!, features.teacher[layer]!), -1) as Tensor1D,
    }),
  })],
});
const student = (made: () => LayersModel, more: object = {}): Partial<KdConfig> => ({ student: { model: made as ModelFactory, heads: { letter: 'logits' }, ...more } });
const relabelled = (labels: Record<string, ArrayLike<number>>): Partial<KdConfig> => ({ data: { train: dataset(48, 1, labels) } });
const custom = (changes: Partial<Dataset>): Partial<KdConfig> => ({ data: { train: { ...dataset(48), ...changes } } });
const imageNet = (): LayersModel => sequential({ layers: [layers.flatten({ inputShape: [7, 7, 1] }), layers.dense({ units: 4, name: 'logits' })] });

describe('mistakes that are found before anything is trained', () => {
  const cases: [what: string, code: ErrorCode, changes: Partial<KdConfig>, message: RegExp][] = [
    ['a head of another width', 'KD_HEAD_SHAPE', student(net({ out: 5 })), /'letter' has 4 classes/],
    ['a head that is not there', 'KD_HEAD_UNKNOWN', { student: { model: net() as ModelFactory, heads: { letter: 'lgits' } } }, /The student has no output or layer 'lgits'; it has logits, hidden/],
    ['an input that the data lacks', 'KD_DATA_INPUT_MISSING', student(net(), { inputs: ['y'] }), /reads the input 'y'.*\(it has x\)/],
    ['an input of another shape', 'KD_DATA_INPUT_SHAPE', student(imageNet), /\[7, 7, 1\], but the data has \[5\]/],
    ['a preparation of another shape', 'KD_DATA_INPUT_SHAPE', student(net(), { preprocess: ({ x }: Record<string, tf.Tensor>) => ({ x: tf.concat([x!, x!], 1) }) }), /takes 'x' as \[5\], but .* \[10\]/],
    ['a graph model as student', 'KD_STUDENT_GRAPH', { student: { model: { execute: () => {}, predict: () => {}, outputs: [], inputs: [] } as never, heads: { letter: 'logits' } } }, /frozen/],
    ['something else as student', 'KD_MODEL_REFERENCE', { student: { model: { weights: 3 } as never } }, /an object with weights/],
    ['a model that nobody can build yet', 'KD_MODEL_REFERENCE', { student: { model: (() => sequential()) as ModelFactory } }, /no `inputShape`/],
    ['a function that fails to build', 'KD_MODEL_REFERENCE', { student: { model: () => sequential({ layers: [layers.dense({ units: 3 })] }) } }, /the student: .* received a function that failed \(The first layer in a Sequential model must get an `inputShape`/],
    ['a path, in memory', 'KD_SERVICE_MISSING', { student: { model: './student.ts' } }, /`nodePlugin` of @kd\/node into `plugins`/],
    ['more labels than there are', 'KD_DATA_LABELLED_TOO_MANY', { data: { train: dataset(48), labelled: 49 } }, /asks for 49 .* only 48/],
    ['a label loss without labels', 'KD_DATA_LABELS_MISSING', { hard: { hand: 'cross-entropy' }, student: { model: net({ out: 2 }) as ModelFactory, heads: { hand: 'logits' } }, teachers: {} }, /hard\.hand needs labels of 'hand'/],
    ['nothing to learn from', 'KD_OBJECTIVE_EMPTY', { teachers: {}, data: { train: dataset(48, 1, 'none') } }, /no labels and there are no teachers/],
    ['a layer that the student lacks', 'KD_LAYER_UNKNOWN', { plugins: [hint], soft: { letter: 'kl-divergence', hint: ['hint', { student: 'hiden', teacher: 'letters', layer: 'x' }] } }, /The student has no layer 'hiden'; its layers are hidden, logits/],
    ['a layer that a teacher lacks', 'KD_LOSS_NEEDS', {
      plugins: [hint], soft: { letter: 'kl-divergence', vowel: 'kl-divergence', hint: ['hint', { student: 'hidden', teacher: 'trained', layer: 'conv' }] }, teachers: letters(knowsLetters),
    }, /layer 'conv' of teacher 'trained', but the teacher has no such layer/],
    ['a teacher whose head is too wide for its training', 'KD_HEAD_SHAPE', { teachers: { early: { model: net() as ModelFactory, speaks: 'early', train: true } } }, /'early' has 3 classes/],
    ['a teacher without labels for its training', 'KD_DATA_LABELS_MISSING', { teachers: { ...letters(knowsLetters), hands: { model: net({ out: 8 }) as ModelFactory, speaks: 'fine', train: true } } }, /teacher 'hands' \(training\) needs labels of 'fine'/],
    ['a teacher whose output is not there', 'KD_HEAD_UNKNOWN', { teachers: { letters: { model: net() as ModelFactory, speaks: 'letter', output: 'lgits' } } }, /Teacher 'letters' has no output or layer 'lgits'.*`output` of a teacher/],
    ['a teacher that answers in another shape', 'KD_TEACHER_SHAPE', { teachers: letters(({ x }) => tf.slice(knowsLetters({ x: x! }) as Tensor2D, [0, 0], [-1, 3])) }, /answers with shape \[8, 3\], .* 'letter' needs \[8, 4\]/],
    ['a model teacher of another width', 'KD_TEACHER_SHAPE', { teachers: { ...letters(knowsLetters), again: { model: net({ out: 3 }) as ModelFactory, speaks: 'letter' } } }, /Teacher 'again' answers with shape \[8, 3\]/],
    ['a teacher that answers NaN', 'KD_TEACHER_NOT_FINITE', { teachers: letters((inputs) => tf.log(tf.sub(knowsLetters(inputs) as Tensor2D, 100))) }, /Teacher 'letters' answered with NaN or an infinity for sample '1-0' \(row 0 of data\.train\)/],
    ['probabilities that were taken for logits', 'KD_TEACHER_PROBABILITIES', { teachers: letters((inputs) => tf.softmax(knowsLetters(inputs) as Tensor2D)) }, /gives: 'probabilities'/],
    ['rows that are no probabilities', 'KD_TEACHER_NOT_PROBABILITIES', { teachers: letters(({ x }) => tf.fill([x!.shape[0]!, 4], 0.45), { gives: 'probabilities' }) }, /Teacher 'letters' .* for sample '1-0' sum to 1\.8 .*expected 1/],
    ['probabilities below 0 and above 1', 'KD_TEACHER_NOT_PROBABILITIES', { teachers: letters(({ x }) => tf.tile(tf.tensor2d([[-0.5, 1.5, 0, 0]]), [x!.shape[0]!, 1]), { gives: 'probabilities' }), distillationData: { topK: 2 } }, /sum to 1\.5 /],
    ['probabilities that were taken for logits, of which the likeliest are kept', 'KD_TEACHER_PROBABILITIES', { teachers: letters((inputs) => tf.softmax(knowsLetters(inputs) as Tensor2D)), distillationData: { topK: 2 } }, /gives: 'probabilities'/],
    ['an answer that is none', 'KD_TEACHER_ANSWER', { teachers: letters((() => 3) as never) }, /answered with number/],
    ['an answer without logits', 'KD_TEACHER_ANSWER', { teachers: letters(({ x }) => ({ 'features/last': x! })) }, /answered with features\/last/],
    ['an unknown input of a function', 'KD_DATA_INPUT_MISSING', { teachers: letters(knowsLetters, { inputs: ['text'] }) }, /teacher 'letters' reads the input 'text'/],
    ['labels outside their space', 'KD_DATA_LABEL_RANGE', relabelled({ letter: samples(48).letter.map((label, row) => (row === 5 ? 4 : label)) }), /data\.train row 5: label 4 is outside .*'letter' \(0 to 3/],
    ['labels of an unknown space', 'KD_LABEL_SPACE_UNKNOWN', relabelled({ leter: samples(48).letter }), /Unknown label space 'leter' in the labels of data\.train/],
    ['classes in another order', 'KD_DATA_LABEL_SPACE', custom({ spaces: { letter: ['b', 'a', 'c', 'd'] } }), /data\.train says of label space 'letter': b, a, c, d; `labels\.letter` says: a, b, c, d/],
    ['folders that are grouped otherwise', 'KD_DATA_LABEL_SPACE', custom({ spaces: { vowel: { of: 'letter', groups: { yes: ['a', 'b'], no: ['c', 'd'] } } } }), /'b' in 'yes'; `labels\.vowel` says: 'b' in 'no'/],
    ['folders that a class has left', 'KD_DATA_LABEL_SPACE', custom({ spaces: { early: { of: 'letter', groups: { d: ['d'] } } } }), /'d' in 'd'; `labels\.early` says: 'd' in no class/],
    ['fewer classes', 'KD_DATA_LABEL_SPACE', custom({ spaces: { letter: ['a', 'b', 'c'] } }), /'letter': a, b, c; `labels\.letter` says: a, b, c, d/],
    ['values that are infinite', 'KD_DATA_NOT_FINITE', relabelled({ place: Float32Array.from({ length: 96 }, (_, i) => (i === 4 ? Infinity : 0)), letter: samples(48).letter }), /data\.train labels of 'place' row 2 holds Infinity/],
    ['values that are infinite, below zero', 'KD_DATA_NOT_FINITE', relabelled({ place: Float32Array.from({ length: 96 }, (_, i) => (i === 5 ? -Infinity : 0)) }), /'place' row 2 holds -Infinity/],
    ['values of fewer dimensions', 'KD_DATA_LENGTH', relabelled({ place: new Float32Array(48) }), /data\.train labels of 'place' has 48 values, expected 96/],
    ['ids that stand twice', 'KD_DATA_DUPLICATE_ID', custom({ id: (row) => String(row % 40) }), /have the id '0' \(rows 0 and 40\)/],
    ['no samples', 'KD_DATA_EMPTY', custom({ size: 0 }), /data\.train holds no samples/],
    ['no data set', 'KD_DATA_REFERENCE', { data: { train: 5 as never } }, /^data\.train: .*received 5\. /],
    ['arrays that are no data set', 'KD_DATA_REFERENCE', { data: { train: { inputs: {}, labels: {} } as never } }, /received an object with inputs, labels\. `fromArrays` makes/],
    ['a function that fails', 'KD_DATA_REFERENCE', { data: { train: (() => { throw new Error('no such month'); }) as never } }, /received a function that failed \(no such month\)/],
    ['a data set without a part', 'KD_DATA_REFERENCE', custom({ labels: undefined as never }), /received a data set without labels/],
    ['a data set of no size', 'KD_DATA_REFERENCE', custom({ size: Number.NaN }), /received a data set whose size is NaN/],
    ['a data set that cannot be read', 'KD_DATA_REFERENCE', custom({ read: 3 as never }), /whose read is 3, no function/],
    ['an input without a shape', 'KD_DATA_REFERENCE', custom({ inputs: { x: { dtype: 'float32' } as never } }), /whose input 'x' has no shape and dtype/],
    ['ids that are numbers', 'KD_DATA_REFERENCE', custom({ id: ((row: number) => row) as never }), /whose id of row 0 is 0, no text/],
    ['a data set that fails', 'KD_DATA_REFERENCE', custom({ read: () => { throw new Error('the disk is gone'); } }), /failed while it was read \(the disk is gone\)/],
    ['a data set that gives its values back', 'KD_DATA_REFERENCE', custom({ read: (() => new Float32Array(5)) as never }), /whose read returned an object; it is to write the values into its third argument/],
    ['values that are no numbers', 'KD_DATA_NOT_FINITE', custom({ read: (_input, rows, out) => { for (let i = 0; i < rows.length; i++) out.fill(rows[i] === 9 ? Number.NaN : 0, i * INPUTS, (i + 1) * INPUTS); } }), /Input 'x' of data\.train row 9 holds NaN/],
    ['a backend that is not there', 'KD_STRATEGY_UNKNOWN', { backend: 'cuda' }, /no backend is called 'cuda'/],
  ];

  test.each(cases)('%s', async (_what, code, changes, message) => {
    const { own, steps } = counted(changes);
    const before = tf.memory().numTensors;
    const error = await failure(() => distill(own), code);
    expect(error.message).toMatch(message);
    expect(steps()).toBe(0);
    expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
  });

  test('several data sets, or several teachers, are reported together', async () => {
    const wrong = (): never => tf.zeros([1, 3]) as never;
    const teachers = await failure(() => distill(config({ teachers: { a: { predict: wrong, speaks: 'letter' }, b: { predict: knowsLetters, speaks: 'letter' }, c: { predict: wrong, speaks: 'vowel' } } })), 'KD_CONFIG_INVALID');
    expect(teachers.message).toMatch(/^The list of models has 2 mistakes:\n {2}- .*'a'.*\n {2}- .*'c'/);
    const models = await failure(() => distill(config({ teachers: { a: { predict: wrong, speaks: 'letter' } }, student: { model: net({ out: 3 }) as ModelFactory, heads: { letter: 'logits' } } })), 'KD_CONFIG_INVALID');
    expect(models.message).toMatch(/^The list of models has 2 mistakes:\n {2}- .*'a'.*\n {2}- .*'letter' has 4 classes/);
    const data = await failure(() => distill(config({ data: { train: { ...dataset(48), size: 0 }, test: 7 as never } })), 'KD_CONFIG_INVALID');
    expect(data.message).toMatch(/^The data has 2 mistakes:\n {2}- .*data\.train.*\n {2}- .*data\.test/);
  });

  test.each<[string, unknown, string]>([
    ['names of classes', { labels: { side: ['west', 'east'] } }, `Labels of 'side': expected a class index a sample, or values of a regression, received "west" at 0. Names of classes are counted from 0`],
    ['no labels', { labels: { side: undefined } }, "Labels of 'side': expected a class index a sample, or values of a regression, received undefined. Give plain numbers"],
    ['a list a sample', { inputs: { x: { shape: [2], values: [[0, 0], [1, 1]] } } }, "Input 'x': expected the numbers of all samples one after the other, received a list of 2 at 0. Write the values of all samples one after the other, as `.flat(Infinity)` does."],
    ['numbers as text', { inputs: { x: { shape: [2], values: [0, 0, 1, '1'] } } }, `received "1" at 3`],
    ['numbers that are too whole', { inputs: { x: { shape: [1], values: BigInt64Array.of(1n, 2n) } } }, "Input 'x': expected the numbers of all samples one after the other, received an object. Give plain numbers"],
    ['no shape', { inputs: { x: [0, 0, 1, 1] } }, "Input 'x': expected { shape, values }, the shape of one sample and the numbers of all, received a list of 4."],
    ['values and a rest', { inputs: { x: { shape: [2], values: [0, 1, 2] } } }, "Input 'x' (1 sample of shape [2]) has 3 values, expected 2."],
    ['less than a sample', { inputs: { x: { shape: [4], values: [0, 1, 2] } } }, "Input 'x' (1 sample of shape [4]) has 3 values, expected 4."],
    ['a label too many', { labels: { side: [0, 1, 1] } }, "Labels of 'side' (2 samples) has 3 values, expected 2."],
    ['an id too few', { ids: ['a'] }, 'ids (2 samples) has 1 values, expected 2.'],
  ])('arrays that do not fit: %s', (_, wrong, said) => {
    expect(() => fromArrays({ inputs: { x: { shape: [2], values: [0, 0, 1, 1] } }, ...(wrong as object) })).toThrow(said);
  });

  test('data that is wrong where it is made', async () => {
    const x = { shape: [2], values: [0, 0, 1, 1] };
    await failure(() => fromArrays({ inputs: { x: { shape: [2], values: [0, 1, Number.NaN, 1] } } }), 'KD_DATA_NOT_FINITE');
    await failure(() => fromArrays({ inputs: { x: { shape: [2], values: [0, 1, 2] } } }), 'KD_DATA_LENGTH');
    await failure(() => fromArrays({ inputs: { x, y: { shape: [], values: [1] } } }), 'KD_DATA_LENGTH');
    await failure(() => fromArrays({ inputs: { x }, labels: { letter: [1, 2, 3] } }), 'KD_DATA_LENGTH');
    await failure(() => fromArrays({ inputs: { x }, ids: ['a'] }), 'KD_DATA_LENGTH');
    await failure(() => fromArrays({ inputs: { x }, ids: ['a', 'a'] }), 'KD_DATA_DUPLICATE_ID');
    await failure(() => fromArrays({ inputs: { x: { shape: [2], values: [] } } }), 'KD_DATA_EMPTY');
    await failure(() => fromArrays({ inputs: {} }), 'KD_DATA_EMPTY');
    await failure(() => fromArrays({ inputs: { x: { shape: [2], values: [] } } }), 'KD_DATA_EMPTY');
    await failure(() => fromArrays({ inputs: { x: { shape: [0], values: [] } } }), 'KD_DATA_EMPTY');
  });
});

describe('numbers that stop being numbers', () => {
  test('the loss: the weights of the step before are kept', async () => {
    const mine = net()();
    const seen: number[][][] = [];
    const watching = definePlugin({ name: 'watching', apply: ({ hooks }) => hooks.knobs.tap('watching', (knobs, { progress }) => ({ ...knobs, learningRate: progress.step < 3 ? 0.01 : 1e38 })) });
    const before = tf.memory().numTensors;
    const error = await failure(() => distill(config({ plugins: [watching], student: { model: mine, heads: { letter: 'logits' } }, train: { epochs: 9, batchSize: 16, optimizer: 'sgd' } })), 'KD_LOSS_NOT_FINITE');
    expect(error.message).toMatch(/(loss|gradient) is no longer a finite number at step \d+ \(.*hard\/letter/);
    expect(error.message).toContain('learningRate');
    seen.push(weightsOf(mine));
    expect(seen[0]!.flat().every(Number.isFinite)).toBe(true);
    expect(tf.memory().numTensors).toBe(before);
    mine.dispose();
  });

  test('exactly those of the step before', async () => {
    const weights = weightsOf(net()());
    const fresh = (): LayersModel => {
      const made = net()();
      made.setWeights(made.getWeights().map((tensor, i) => tf.tensor(weights[i]!, tensor.shape)));
      return made;
    };
    const failing = (at: number) => definePlugin({ name: 'failing', apply: ({ hooks }) => hooks.lossTerms.tap('failing', (terms) => (step++ === at ? terms.map((term) => ({ ...term, weight: Number.NaN })) : terms)) });
    let step = 0;
    const stopping = definePlugin({ name: 'stopping', apply: ({ hooks }) => hooks.shouldStop.tap('stopping', () => 'one epoch') });
    const [broken, whole] = [fresh(), fresh()];
    await failure(() => distill(config({ plugins: [failing(3)], student: { model: broken, heads: { letter: 'logits' } } })), 'KD_LOSS_NOT_FINITE');
    await distill(config({ plugins: [stopping], student: { model: whole, heads: { letter: 'logits' } } }));
    expect(weightsOf(broken)).toEqual(weightsOf(whole));
    for (const each of [broken, whole]) each.dispose();
  });

  test('a live teacher and its sample are named', async () => {
    const live = defineMemoryPolicy({ name: 'live', summary: 'Live.', create: () => ({ label: 'live', plan: () => ({ teachers: 'live' }) }) });
    const spoilt = samples(48).x[20 * INPUTS]!;
    const predict: Predict = ({ x }) => tf.where(tf.equal(tf.slice(x as Tensor2D, [0, 0], [-1, 1]), spoilt), tf.fill([x!.shape[0]!, 4], Number.NaN), knowsLetters({ x: x! }) as Tensor2D);
    for (const labelled of [undefined, 10]) {
      const data = { train: dataset(48), ...(labelled ? { labelled } : {}) };
      const error = await failure(() => distill(config({ data, plugins: [definePlugin({ name: 'acme', strategies: [live] })], memory: 'live', teachers: { moody: { predict, speaks: 'letter' } } })), 'KD_TEACHER_NOT_FINITE');
      expect(error.details).toEqual({ teacher: 'moody', row: 20, id: '1-20' });
    }
  });
});

describe('tensors', () => {
  const models = (): KdConfig => config({
    teachers: { letters: { model: net() as ModelFactory, speaks: 'letter', train: { epochs: 1, batchSize: 16 } }, vowels: { model: net({ out: 2 }) as ModelFactory, speaks: 'vowel' } },
    student: { model: net({ noisy: true }) as ModelFactory, heads: { letter: 'logits' } }, compare: { baseline: true, ceiling: true }, data: { train: dataset(48), test: dataset(40, 2), labelled: 12 },
  });

  test('are all given back, however often distill is called, also where a workspace skips the work', async () => {
    const workspace = new MemoryWorkspace();
    await summaryOf(models(), { workspace });
    const before = tf.memory().numTensors;
    for (let round = 0; round < 3; round++) {
      await summaryOf(models());
      await summaryOf(models(), { workspace });
      expect(tf.memory().numTensors, `round ${round}`).toBe(before);
    }
  });

  test('a model that a function hands out, but that is somebody else’s, lives on', async () => {
    const teacher = net()();
    const own = config({ teachers: { letters: { model: (() => teacher) as ModelFactory, speaks: 'letter' } } });
    const first = await summaryOf(own);
    expect((await summaryOf(own)).student.hash).toBe(first.student.hash);
    teacher.dispose();
  });

  test('what a reader has opened is closed, what the config gave is not', async () => {
    const closed: string[] = [];
    const mine: Dataset = { ...dataset(40, 2), close: async () => void closed.push('mine') };
    const reader = { kind: 'data' as const, name: 'reader', summary: 'Reads.', create: () => ({ open: async () => ({ ...dataset(48), close: async () => void closed.push('reader') }) }) };
    const source = {
      kind: 'teacher' as const, name: 'remote', summary: 'Asks.',
      create: () => ({ open: async ({ id, space }: any) => ({ manifest: { id, space, hash: 'h', parameters: 0, inputs: ['x'] }, hasFeature: () => false, signals: ({ x }: any) => ({ logits: knowsLetters({ x }) as Tensor2D }), close: async () => void closed.push('teacher') }) }),
    };
    const own = config({ plugins: [definePlugin({ name: 'acme', strategies: [reader, source] })], data: { train: 'reader', test: mine }, teachers: { remote: { source: 'remote', speaks: 'letter' } } });
    await summaryOf(own);
    expect(closed).toEqual(['teacher', 'reader']);
    await failure(() => distill({ ...own, student: { model: net({ out: 9 }) as ModelFactory } }), 'KD_HEAD_SHAPE');
    expect(closed).toEqual(['teacher', 'reader', 'teacher', 'reader']);
  });
});

test('models that use a layer twice learn', async () => {
  const functional = (): LayersModel => {
    const x = input({ shape: [INPUTS] });
    const layer = layers.dense({ units: INPUTS, activation: 'relu' });
    return functionalModel({ inputs: x, outputs: layers.dense({ units: 4, name: 'logits' }).apply(layer.apply(layer.apply(x))) as ReturnType<typeof input> });
  };
  const stacked = (): LayersModel => {
    const layer = layers.dense({ units: INPUTS, activation: 'relu', inputShape: [INPUTS] });
    return sequential({ layers: [layer, layer, layers.dense({ units: 4, name: 'logits' })] });
  };
  for (const made of [functional, stacked]) {
    const { history } = await summaryOf(config(student(made)));
    expect(history.at(-1)!['loss']).toBeLessThan(history[0]!['loss']!);
  }
});
