import { beforeAll, describe, expect, test } from 'vitest';
import { bindInputs, definePlugin, distill, evaluate, fromArrays, MemoryWorkspace, startWasm, StopSignal, type Dataset, type KdConfig, type ModelFactory, type Numbers } from '../../src/index.ts';
import { config, dataset, failure, INPUTS, net, samples, summaryOf } from '../small-task.ts';

beforeAll(() => startWasm());

/** Steps so large that later epochs are not always better. */
const wild = { epochs: 6, batchSize: 16, labelledBatchSize: 8, optimizer: ['adam', { learningRate: 0.3 }], schedule: 'constant' } as const;
const validated = (changes: Partial<KdConfig> = {}): KdConfig => config({ data: { train: dataset(48), test: dataset(40, 2), validation: dataset(60, 9) }, train: wild, ...changes });
const scores = (history: readonly Numbers[], name = 'validationAccuracy'): number[] => history.map((epoch) => epoch[name]!);

/** The first of the highest. */
const best = (values: readonly number[]): number => values.indexOf(Math.max(...values));

describe('a training with data.validation', () => {
  test('ends with the weights of its best epoch, judged by samples that it has not learned from', async () => {
    const own = validated();
    const { student, summary } = await distill(own);
    const found = scores(summary.history);
    expect(found).toHaveLength(6);
    expect(best(found)).toBeLessThan(5); // or nothing could be told
    expect(summary.student.bestEpoch).toBe(best(found));
    const data = own.data.validation as Dataset;
    const spaces = new Map([['letter', { name: 'letter', kind: 'classes', classes: ['a', 'b', 'c', 'd'] } as never]]);
    const judged = await evaluate(student, [{ space: spaces.get('letter')!, output: 'logits' }], data, bindInputs('the student', student.inputs, data.inputs), spaces);
    expect(judged['letter']!.accuracy).toBeCloseTo(Math.max(...found), 10);
    expect(summary.data.validation).toBe(60);
    student.layersModel!.dispose();
  });

  test('with keep: last is the same training as without, and only told', async () => {
    const last = await summaryOf(validated({ train: { ...wild, keep: 'last' } }));
    const without = await summaryOf(config({ data: { train: dataset(48), test: dataset(40, 2) }, train: wild }));
    expect(last.student).toEqual(without.student);
    expect(last.history.map(({ validationAccuracy: _, ...rest }) => rest)).toEqual(without.history);
    expect((await summaryOf(validated())).student.hash).not.toBe(last.student.hash);
  });

  test('with patience ends after so many epochs without a better one, and says so', async () => {
    const said: string[] = [];
    const all = scores((await summaryOf(validated())).history);
    const { history, student, steps } = await summaryOf(validated({ train: { ...wild, patience: 1 } }), { reporter: { note: (text) => void said.push(text) } });
    const end = all.findIndex((value, epoch) => epoch > 0 && value <= Math.max(...all.slice(0, epoch)));
    expect(end).toBeLessThan(5);
    expect(scores(history)).toEqual(all.slice(0, end + 1));
    expect([student.bestEpoch, steps]).toEqual([end - 1, 3 * (end + 1)]);
    expect(said).toEqual([`distill ended after ${end + 1} of 6 epochs: no better for an epoch`]);
  });

  test('that is stopped and taken up again ends as if it had not been', async () => {
    const steps: number[] = [];
    let stopsAt = Infinity;
    let stop = new StopSignal();
    const plugin = definePlugin({
      name: 'acme',
      apply: ({ hooks }) => hooks.stepEnd.tap('acme', (_, { progress }) => {
        steps.push(progress.step);
        if (progress.step === stopsAt) stop.request('SIGTERM');
      }),
    });
    const own = validated({ plugins: [plugin] });
    const undisturbed = await summaryOf(own);
    expect(undisturbed.student.bestEpoch).toBeLessThan(3); // the weights that are kept have to come through a stop
    const workspace = new MemoryWorkspace();
    for (stopsAt of [7, 13]) await failure(() => summaryOf(own, { workspace, stop: (stop = new StopSignal()) }), 'KD_STOPPED');
    stopsAt = Infinity;
    steps.length = 0;
    expect(await summaryOf(own, { workspace })).toEqual(undisturbed);
    expect(steps).toEqual([14, 15, 16, 17]);
  });

  test('judges a head of values by its squared error, the lower the better', async () => {
    const places = (seed: number): Dataset => dataset(48, seed, { place: samples(48, seed).place });
    const summary = await summaryOf(validated({
      data: { train: places(1), validation: places(9) }, teachers: {}, alpha: 1,
      student: { model: net({ out: 2 }) as ModelFactory, heads: { place: 'logits' } },
    }));
    const found = scores(summary.history, 'validationError');
    expect(summary.student.bestEpoch).toBe(found.indexOf(Math.min(...found)));
  });

  test('tells taps of each epoch', async () => {
    const seen: number[] = [];
    const plugin = definePlugin({ name: 'acme', apply: ({ hooks }) => hooks.epochEnd.tap('acme', ({ validationAccuracy }) => void seen.push(validationAccuracy!)) });
    expect(scores((await summaryOf(validated({ plugins: [plugin] }))).history)).toEqual(seen);
  });
});

describe('teachers that the run trains', () => {
  const taught = (speaks: string, out: number, changes: Partial<KdConfig>, train: object = {}): KdConfig => validated({
    teachers: { own: { model: net({ out }) as ModelFactory, speaks, train: { ...wild, optimizer: ['adam', { learningRate: 1 }], ...train } } }, ...changes,
  });

  test('are validated in their own classes', async () => {
    const found: number[] = [];
    const plugin = definePlugin({ name: 'acme', apply: ({ hooks }) => hooks.epochEnd.tap('acme', ({ validationAccuracy }, { unit }) => void (unit === 'train-teachers/own' && found.push(validationAccuracy!))) });
    const { teachers: kept } = await summaryOf(taught('vowel', 2, { plugins: [plugin] }));
    expect(found).toHaveLength(6);
    expect(kept['own']!.bestEpoch).toBe(best(found));
    expect(best(found)).toBeLessThan(5);
    const { teachers: last } = await summaryOf(taught('vowel', 2, { plugins: [plugin] }, { keep: 'last' }));
    expect(last['own']!.hash).not.toBe(kept['own']!.hash);
    expect(last['own']!.bestEpoch).toBeUndefined();
  });

  test('whose classes data.validation does not tell are trained to their end, unless they ask to be judged', async () => {
    const { letter, hand } = samples(48);
    const data = { train: dataset(48, 1, { fine: letter.map((one, row) => 2 * one + hand[row]!) }), validation: dataset(60, 9) };
    const { teachers } = await summaryOf(taught('fine', 8, { data }));
    expect(teachers['own']!.bestEpoch).toBeUndefined();
    expect((await failure(() => summaryOf(taught('fine', 8, { data }, { patience: 2 })), 'KD_DATA_LABELS_MISSING')).message).toContain("Teacher 'own', judged on data.validation,");
  });
});

describe('a share as data.validation', () => {
  test('is held back from training and from the teachers, evenly over the classes, the same for the same seed', async () => {
    const { x, letter, ids } = samples(48);
    const [learned, judged] = [new Set<number>(), new Set<number>()];
    let training = true;
    const train: Dataset = {
      ...fromArrays({ inputs: { x: { shape: [INPUTS], values: x } }, ids, labels: { letter } }), hash: 'known',
      read(_, rows, out) {
        Array.from(rows).forEach((row, i) => {
          (training ? learned : judged).add(row);
          out.set(x.subarray(row * INPUTS, (row + 1) * INPUTS), i * INPUTS);
        });
      },
    };
    const plugin = definePlugin({
      name: 'acme',
      apply({ hooks }) {
        hooks.stepEnd.tap('acme', (_, { progress: { step } }) => void (training = step % 3 !== 2)); // the last step of each epoch, of three
        hooks.epochEnd.tap('acme', () => void (training = true));
      },
    });
    const own = (seed: number): KdConfig => validated({ plugins: [plugin], seed, data: { train, validation: 0.25 }, train: { ...wild, epochs: 2 } });
    const summary = await summaryOf(own(3));
    expect(summary.data).toEqual({ train: 36, labelled: 36, test: 0, validation: 12 });
    expect([...learned, ...judged].sort((a, b) => a - b)).toEqual(Array.from({ length: 48 }, (_, row) => row)); // every row is one or the other
    expect([0, 1, 2, 3].map((one) => [...judged].filter((row) => letter[row] === one).length)).toEqual([3, 3, 3, 3]);
    expect(await summaryOf(own(3))).toEqual(summary);
    expect((await summaryOf(own(4))).hashes.validation).not.toBe(summary.hashes.validation);
  });
});

describe('a share of few labels', () => {
  const few = (changes: Partial<KdConfig> = {}): KdConfig => validated({ data: { train: dataset(48), test: dataset(40, 2), labelled: 20, validation: 0.4 }, ...changes });

  test('is taken of those that the student may see', async () => {
    const summary = await summaryOf(few({ compare: { baseline: true, ceiling: true } }));
    expect(summary.data).toEqual({ train: 40, labelled: 12, test: 40, validation: 8 });
    expect(summary.student.bestEpoch).toBe(best(scores(summary.history)));
    expect((await summaryOf(few({ data: { train: dataset(48), labelled: 2, validation: 0.01 } }))).data).toEqual({ train: 47, labelled: 1, test: 0, validation: 1 });
  });

  test('judges teachers, which learn from all labels, only where they ask for it', async () => {
    const taught = async (train: object): Promise<number | undefined> =>
      (await summaryOf(few({ teachers: { own: { model: net({ out: 2 }) as ModelFactory, speaks: 'vowel', train: { ...wild, ...train } } } }))).teachers['own']!.bestEpoch;
    expect(await taught({})).toBeUndefined();
    expect(await taught({ keep: 'best' })).toBeDefined();
    expect(await taught({ patience: 1 })).toBeDefined();
  });

  test('that leaves none is a mistake', async () => {
    const { message } = await failure(() => summaryOf(few({ data: { train: dataset(48), labelled: 2, validation: 0.9 } })), 'KD_DATA_EMPTY');
    expect(message).toContain('the share of 0.9 that data.validation holds back');
  });
});

describe('is a mistake', () => {
  const message = async (own: KdConfig, code: Parameters<typeof failure>[1]): Promise<string> => (await failure(() => summaryOf(own), code)).message;

  test('what asks for the best epoch without it', async () => {
    expect(await message(config({ train: { patience: 2 } }), 'KD_VALIDATION_MISSING')).toContain('`train.patience`');
    expect(await message(config({ train: { keep: 'best' } }), 'KD_VALIDATION_MISSING')).toContain("`train.keep: 'best'`");
    const teachers = { vowels: { model: net({ out: 2 }) as ModelFactory, speaks: 'vowel', train: { patience: 1 } } };
    expect(await message(config({ teachers }), 'KD_VALIDATION_MISSING')).toContain('`teachers.vowels.train.patience`');
    await summaryOf(config({ train: { ...wild, epochs: 1, keep: 'last' } }));
  });

  test('data without labels of the student', async () => {
    expect(await message(validated({ data: { train: dataset(48), validation: dataset(9, 9, 'none') } }), 'KD_DATA_LABELS_MISSING')).toMatch(/^The student, judged on data.validation, needs labels of 'letter'/);
    const unknown = dataset(9, 9, { letter: new Int32Array(9).fill(-1) });
    await message(validated({ data: { train: dataset(48), validation: unknown } }), 'KD_DATA_LABELS_MISSING');
    expect(await message(validated({ data: { train: dataset(48, 1, 'none'), validation: 0.5 } }), 'KD_DATA_LABELS_MISSING')).toContain('a share of the labels');
  });

  test('a share that is none, or leaves nothing', async () => {
    for (const share of [0, 1, -0.5, 2]) expect(await message(validated({ data: { train: dataset(48), validation: share } }), 'KD_CONFIG_INVALID')).toContain('a share between 0 and 1');
    await message(validated({ data: { train: dataset(1), validation: 0.5 } }), 'KD_DATA_EMPTY');
  });

  test('a reader that is not there', async () => {
    await message(validated({ data: { train: dataset(48), validation: ['nowhere', {}] } }), 'KD_STRATEGY_UNKNOWN');
  });
});
