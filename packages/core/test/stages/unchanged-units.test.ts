import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { defineBackend, defineLoss, defineMemoryPolicy, definePlugin, distill, fromArrays, MemoryWorkspace, startWasm, type Dataset, type KdConfig, type ModelFactory, type Reporter } from '../../src/index.ts';
import { config, dataset, failure, INPUTS, knowsLetters, knowsVowels, linear, net, samples, summaryOf } from '../small-task.ts';

beforeAll(() => startWasm());

/** A trained teacher, one that is used as it is, and a student with its baseline. */
function both(changes: Partial<KdConfig> = {}): KdConfig {
  return config({
    teachers: {
      letters: { predict: knowsLetters, speaks: 'letter' },
      vowels: { model: net({ out: 2 }) as ModelFactory, speaks: 'vowel', train: { epochs: 1, batchSize: 16 } },
    },
    compare: { baseline: true },
    ...changes,
  });
}

const teachersWith = (id: 'letters' | 'vowels', changes: object): Partial<KdConfig> => {
  const { teachers } = both();
  return { teachers: { ...teachers, [id]: { ...teachers![id], ...changes } as never } };
};

function changed(size: number, change: (data: ReturnType<typeof samples>) => void, seed = 1): Dataset {
  const data = samples(size, seed);
  change(data);
  return fromArrays({ inputs: { x: { shape: [INPUTS], values: data.x } }, labels: { letter: data.letter }, ids: data.ids });
}

const teacher = 'train-teachers/vowels';
const all = [teacher, 'letters', 'vowels', 'distill/baseline', 'distill'];

describe('a second run in the same workspace', () => {
  let workspace: MemoryWorkspace;
  let first: Awaited<ReturnType<typeof summaryOf>>;

  beforeEach(async () => {
    workspace = new MemoryWorkspace();
    first = await summaryOf(both(), { workspace });
  });

  async function skipped(own: KdConfig): Promise<string[]> {
    const units: string[] = [];
    await summaryOf(own, { workspace, reporter: { unitSkipped: (_stage, unit) => void units.push(unit) } });
    return units;
  }

  test('does nothing again, says so, and finds the same', async () => {
    const stages: Record<string, boolean> = {};
    const steps: string[] = [];
    const reporter: Reporter = { stageEnd: (stage, { skipped: was }) => void (stages[stage] = was), progress: ({ unit }) => void steps.push(unit) };
    expect(await summaryOf(both(), { workspace, reporter })).toEqual(first);
    expect(stages).toEqual({ teachers: false, student: false, 'train-teachers': true, 'distillation-data': true, distill: true });
    expect(steps).toEqual([]);
    expect(await skipped(both({ name: 'renamed' }))).toEqual(all);
  });

  test('the student of a run that is skipped holds the trained weights and answers with logits', async () => {
    const again = await distill(both(), { workspace });
    const fresh = await distill(both());
    const answers = [again, fresh].map(({ student }) => {
      const values = tf.tidy(() => student.call({ [student.inputs[0]!.name]: tf.ones([1, INPUTS]) }, { training: false, outputs: ['logits'] }).outputs['logits']!.dataSync());
      student.layersModel!.dispose();
      return Array.from(values);
    });
    expect(answers[0]).toEqual(answers[1]);
  });

  const tanh: ModelFactory = () => sequential({ layers: [layers.dense({ units: 6, activation: 'tanh', inputShape: [INPUTS], name: 'hidden' }), layers.dense({ units: 4, name: 'logits' })] });
  const passive = definePlugin({ name: 'passive', apply: ({ hooks }) => hooks.lossTerms.tap('passive', (terms) => terms) });
  const other = definePlugin({ name: 'other', strategies: [defineBackend({ name: 'other', summary: '', create: () => ({ name: 'other', rank: 0, available: async () => true, start: () => startWasm(), memory: () => ({ tensors: 0, bytes: 0 }) }) })] });
  const cases: [what: string, changes: Partial<KdConfig>, kept: string[]][] = [
    ['train.epochs', { train: { ...config().train, epochs: 3 } }, [teacher, 'letters', 'vowels']],
    ['α', { alpha: 0.4 }, [teacher, 'letters', 'vowels', 'distill/baseline']],
    ['a loss’s options', { soft: { letter: ['kl-divergence', { temperature: 2 }], vowel: 'kl-divergence' } }, [teacher, 'letters', 'vowels', 'distill/baseline']],
    ['how one teacher is trained', teachersWith('vowels', { train: { epochs: 2, batchSize: 16 } }), ['letters', 'distill/baseline']],
    ['a teacher that the run no longer trains', teachersWith('vowels', { model: undefined, predict: knowsVowels, train: undefined }), ['letters', 'distill/baseline']],
    ['another teacher', teachersWith('letters', { predict: (inputs: Record<string, tf.Tensor>) => tf.mul(knowsLetters(inputs) as tf.Tensor, 2) }), [teacher, 'vowels', 'distill/baseline']],
    ['a teacher’s preprocess', teachersWith('letters', { preprocess: ({ x }: Record<string, tf.Tensor>) => ({ x: tf.mul(x!, 2) }) }), [teacher, 'vowels', 'distill/baseline']],
    ['how many answers are kept', { distillationData: { topK: 1 } }, [teacher, 'distill/baseline']],
    ['the student’s activations, its first weights being the same', { student: { model: tanh, heads: { letter: 'logits' } } }, [teacher, 'letters', 'vowels']],
    ['the student’s preprocess', { student: { ...config().student, preprocess: ({ x }) => ({ x: tf.mul(x!, 2) }) } }, [teacher, 'letters', 'vowels']],
    ['how many labels the student sees', { data: { ...config().data, labelled: 20 } }, [teacher, 'letters', 'vowels']],
    ['the seed', { seed: 4 }, ['letters']],
    ['one label, which is a vowel as before', { data: { train: changed(48, ({ letter }) => (letter[3] = 0)), test: dataset(40, 2) } }, [teacher, 'letters', 'vowels']],
    ['one label, which was a vowel', { data: { train: changed(48, ({ letter }) => (letter[3] = 1)), test: dataset(40, 2) } }, ['letters']],
    ['one value', { data: { train: changed(48, ({ x }) => (x[7] = 0)), test: dataset(40, 2) } }, []],
    ['one id', { data: { train: changed(48, ({ ids }) => (ids[7] = 'seven')), test: dataset(40, 2) } }, []],
    ['the test data', { data: { train: dataset(48), test: changed(40, ({ x }) => (x[7] = 0), 2) } }, ['letters', 'vowels']],
    ['a label loss’s options', { hard: { letter: ['cross-entropy', { labelSmoothing: 0.1 }] } }, [teacher, 'letters', 'vowels']],
    ['how teachers are joined', { aggregation: ['mean', { of: 'logits' }] }, [teacher, 'letters', 'vowels', 'distill/baseline']],
    ['how exactly answers are kept', { distillationData: { precision: 'float32' } }, [teacher, 'distill/baseline']],
    ['the preprocess of a teacher that is trained', teachersWith('vowels', { preprocess: ({ x }: Record<string, tf.Tensor>) => ({ x: tf.mul(x!, 2) }) }), ['letters', 'distill/baseline']],
    ['the backend', { plugins: [other], backend: 'other' }, []],
    ['a plugin with a tap', { plugins: [passive] }, ['letters', 'vowels']],
  ];
  test.each(cases)('after a change of %s repeats what depends on it', async (_what, changes, kept) => {
    expect(await skipped(both(changes))).toEqual(kept);
  });

  const twoInputs = fromArrays({ inputs: { x: { shape: [INPUTS], values: samples(48).x }, y: { shape: [INPUTS], values: samples(48, 5).x } }, labels: { letter: samples(48).letter } });
  const first4 = (inputs: Record<string, tf.Tensor>): tf.Tensor => tf.slice(Object.values(inputs)[0]!, [0, 0], [-1, 4]);
  /** Models with two outputs of the same width, and data with two inputs of the same shape. */
  const either = ({ reads = 'x', answers = 'logits', asked = 'x', said = 'logits', rows = 5 } = {}): KdConfig => config({
    data: { train: twoInputs },
    student: { model: net({ hidden: 4 }) as ModelFactory, heads: { letter: answers }, inputs: [reads] },
    teachers: {
      plain: { predict: first4, inputs: [asked], speaks: 'letter' }, model: { model: net({ hidden: 4 }) as ModelFactory, output: said, inputs: ['x'], speaks: 'letter' },
      trained: { model: net({ hidden: 4 }) as ModelFactory, inputs: ['x'], speaks: 'letter', train: { epochs: 1, batchSize: 16 } },
    },
    plugins: [definePlugin({ name: 'few', strategies: [defineMemoryPolicy<{ rows: number }>({ name: 'few', summary: '', options: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as never }) } }, create: ({ rows: forwardRows }) => ({ label: 'few', plan: () => ({ forwardRows }) }) })] })],
    memory: ['few', { rows }],
  });
  test.each<[what: string, own: KdConfig, kept: string[]]>([
    ['the input that the student reads', either({ reads: 'y' }), ['train-teachers/trained', 'plain', 'model', 'trained']],
    ['the output that the student answers with', either({ answers: 'hidden' }), ['train-teachers/trained', 'plain', 'model', 'trained']],
    ['the input that a function hears', either({ asked: 'y' }), ['train-teachers/trained', 'model', 'trained']],
    ['the output that a teacher answers with', either({ said: 'hidden' }), ['train-teachers/trained', 'plain', 'trained']],
    ['the options of the memory policy', either({ rows: 6 }), ['plain', 'model', 'trained']],
  ])('after a change of %s repeats what depends on it', async (_what, own, kept) => {
    expect(await skipped(either())).toEqual([]);
    expect(await skipped(either())).toEqual(['train-teachers/trained', 'plain', 'model', 'trained', 'distill']);
    expect(await skipped(own)).toEqual(kept);
  });

  const unused = definePlugin({ name: 'unused', strategies: [defineLoss({ name: 'unused', summary: '', create: () => ({ role: 'soft', compute: ({ student }) => tf.sum(student, -1) }) })] });
  const unrelated: [what: string, changes: Partial<KdConfig>][] = [
    ['a plugin that nothing is taken from', { plugins: [unused] }],
    ['a label space that nobody speaks', { labels: { ...config().labels, odd: { of: 'letter', only: ['a', 'c'] } } }],
    ['a default, written out', { memory: 'whole-batch' }],
  ];
  test.each(unrelated)('after a change of %s repeats nothing', async (_what, changes) => {
    expect(await skipped(both(changes))).toEqual(all);
  });

  test('with the keys of its options in another order repeats nothing', async () => {
    const turned = (options: object, turn: boolean): object => (turn ? Object.fromEntries(Object.entries(options).reverse()) : options);
    const own = (turn: boolean): KdConfig => both({
      aggregation: ['weighted', turned({ weights: turned({ letters: 1, vowels: 2 }, turn), of: 'logits' }, turn)],
      train: turned({ epochs: 1, batchSize: 16, optimizer: ['adam', turned({ learningRate: 0.05, beta1: 0.8 }, turn)] }, turn) as NonNullable<KdConfig['train']>,
    });
    await summaryOf(own(false), { workspace });
    expect(await skipped(own(true))).toEqual(all);
  });

  test.each([['other', changed(40, ({ letter }) => letter.reverse(), 2)], ['no', undefined]])('with %s test data judges anew, and trains nothing', async (_what, test_) => {
    const steps: string[] = [];
    const again = await summaryOf(both({ data: { train: dataset(48), ...(test_ && { test: test_ }) } }), { workspace, reporter: { progress: ({ unit }) => void steps.push(unit) } });
    expect(steps).toEqual([]);
    expect([again.student.hash, again.baseline!.hash, again.teachers['vowels']!.hash]).toEqual([first.student.hash, first.baseline!.hash, first.teachers['vowels']!.hash]);
    expect(again.student.accuracy).not.toBe(first.student.accuracy);
    expect(await summaryOf(both(), { workspace })).toEqual(first);
  });

  test('a function that answers otherwise than its text says is found out', async () => {
    let scale = 1;
    const moody = linear([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]]);
    const own = config({ teachers: { moody: { predict: (inputs) => tf.mul(moody(inputs) as tf.Tensor, scale), speaks: 'letter' } } });
    await summaryOf(own, { workspace });
    scale = 1.02;
    const error = await failure(() => distill(own, { workspace }), 'KD_TEACHER_CHANGED');
    expect(error.details).toMatchObject({ teacher: 'moody' });
  });
});
