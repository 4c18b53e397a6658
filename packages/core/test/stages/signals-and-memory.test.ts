import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { input, layers, model, sequential, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  defineAggregator, defineAlphaScheduler, defineLoss, defineMemoryPolicy, definePlugin, defineTeacherSource, distill, functionTeacher, startWasm, targetOf, type ExhaustedEvent, type KdConfig, type MemoryPlan, type ModelFactory, type Plugin,
} from '../../src/index.ts';
import { expectClose } from '../../../../test/golden/golden-cases.ts';
import { config, dataset, failure, INPUTS, knowsFine, knowsLetters, knowsPlaces, knowsVowels, net, samples, summaryOf, weightsOf } from '../small-task.ts';

beforeAll(() => startWasm());

/** A memory policy with the given plan. */
function planned(plan: MemoryPlan, onExhausted?: (event: ExhaustedEvent) => MemoryPlan | undefined): Pick<KdConfig, 'plugins' | 'memory'> {
  const policy = defineMemoryPolicy({ name: 'planned', summary: 'As the test says.', create: () => ({ label: 'planned', plan: () => plan, ...(onExhausted ? { onExhausted } : {}) }) });
  return { plugins: [definePlugin({ name: 'acme', strategies: [policy] })], memory: 'planned' };
}

/** The trained weights and the history. */
async function trained(own: KdConfig): Promise<{ weights: number[][]; history: readonly Readonly<Record<string, number>>[] }> {
  const { student, summary } = await distill(own);
  const weights = weightsOf(student.layersModel!);
  student.layersModel!.dispose();
  return { weights, history: summary.history };
}

function expectSame(received: Awaited<ReturnType<typeof trained>>, expected: Awaited<ReturnType<typeof trained>>): void {
  received.weights.forEach((values, i) => expectClose(values, expected.weights[i]!));
  received.history.forEach((epoch, i) => {
    expect(Object.keys(epoch)).toEqual(Object.keys(expected.history[i]!));
    expectClose(Object.values(epoch), Object.values(expected.history[i]!));
  });
}

describe('top-k answers', () => {
  test('k as large as the label space is the dense answer', async () => {
    const dense = await summaryOf(config());
    expect((await summaryOf(config({ distillationData: { topK: 4 } }))).student.hash).toBe(dense.student.hash);
    expect((await summaryOf(config({ distillationData: { topK: 9 } }))).student.hash).toBe(dense.student.hash);
  });

  test('with one class left for the tail nothing is lost, with two something is', async () => {
    const dense = await trained(config());
    expectSame(await trained(config({ distillationData: { topK: 3 } })), dense);
    const less = await trained(config({ distillationData: { topK: 2 } }));
    expect(less.history[0]!['term/letter']).toBeLessThan(dense.history[0]!['term/letter']!);
    expect(less.history.at(-1)!['term/letter']).toBeLessThan(less.history[0]!['term/letter']!);
  });

  test('also of a finer teacher, and for a loss that looks through other label spaces', async () => {
    const finer: Partial<KdConfig> = { teachers: { fine: { predict: knowsFine, speaks: 'fine' } } };
    expectSame(await trained(config({ ...finer, distillationData: { topK: 7 } })), await trained(config(finer)));
    const loss = defineLoss({
      name: 'seen', summary: '',
      create: () => ({ role: 'soft', needs: { views: ['vowel'] }, compute: ({ student, target, views }) => tf.sum(tf.squaredDifference(views!['vowel']!.apply(student), views!['vowel']!.apply(target.logProbabilities())), -1) as Tensor1D }),
    });
    const seen: Partial<KdConfig> = { plugins: [definePlugin({ name: 'acme', strategies: [loss] })], soft: { letter: 'seen' } };
    expectSame(await trained(config({ ...seen, distillationData: { topK: 3 } })), await trained(config(seen)));
  });

  test('a function may answer with its most likely classes itself', async () => {
    const sparse = ({ x }: Record<string, tf.Tensor>) => {
      const { values, indices } = tf.topk(tf.logSoftmax(knowsLetters({ x: x! }) as Tensor2D), 3);
      return { indices, logProbabilities: values, tail: tf.log(tf.sub(1, tf.sum(tf.exp(values), -1))) };
    };
    expectSame(await trained(config({ teachers: { letters: { predict: sparse, speaks: 'letter' } } })), await trained(config()));
    // Several are mixed; one that is certain leaves nothing for the other classes.
    const certain = ({ x }: Record<string, tf.Tensor>) => ({ indices: tf.expandDims(tf.argMax(tf.slice(x as Tensor2D, [0, 0], [-1, 4]), 1), 1), logProbabilities: tf.zeros([x!.shape[0]!, 1]), tail: tf.fill([x!.shape[0]!], -Infinity) });
    const mixed = await trained(config({ teachers: { certain: { predict: certain, speaks: 'letter' }, again: { predict: certain, speaks: 'letter' } } }));
    expect(mixed.history.flatMap((epoch) => Object.values(epoch)).every(Number.isFinite)).toBe(true);
    const summary = await summaryOf(config({ teachers: { letters: { predict: sparse, speaks: 'letter' } } }));
    expect(summary.teachers['letters']!.accuracy).toBe((await summaryOf(config())).teachers['letters']!.accuracy);
  });
});

test('answers that are asked for a few at a time are those of all at once', async () => {
  const { letter, place } = samples(40, 2);
  const x = input({ shape: [INPUTS] });
  const student: ModelFactory = () => model({ inputs: x, outputs: [['letters', 4], ['places', 2]].map(([name, units]) => layers.dense({ units: Number(units), name: String(name) }).apply(x) as SymbolicTensor) });
  const own = config({
    data: { train: dataset(48, 1, { letter: samples(48).letter, place: samples(48).place }), test: dataset(40, 2, { letter, place }) },
    teachers: { letters: { predict: knowsLetters, speaks: 'letter' }, vowels: { model: net({ out: 2 }) as ModelFactory, speaks: 'vowel' }, places: { predict: knowsPlaces, gives: 'values', speaks: 'place' } },
    student: { model: student, heads: { letter: 'letters', place: 'places' } },
  });
  const [few, all] = [await summaryOf({ ...own, ...planned({ forwardRows: 5 }) }), await summaryOf(own)];
  few.history.forEach((epoch, i) => expectClose(Object.values(epoch), Object.values(all.history[i]!)));
  for (const [one, other] of [[few.teachers, all.teachers], [few.student.heads, all.student.heads]] as const) {
    expect(Object.values(one).map(({ accuracy, samples: judged }) => [accuracy, judged])).toEqual(Object.values(other).map(({ accuracy, samples: judged }) => [accuracy, judged]));
    expectClose(Object.values(one).map(({ meanSquaredError = 0 }) => meanSquaredError), Object.values(other).map(({ meanSquaredError = 0 }) => meanSquaredError));
  }
});

describe('live teachers', () => {
  test('give the same student as stored ones', async () => {
    const teachers: KdConfig['teachers'] = { letters: { model: net({ hidden: 5 }) as ModelFactory, speaks: 'letter' }, vowels: { predict: knowsVowels, speaks: 'vowel' } };
    const few = { train: dataset(48), labelled: 12 };
    for (const data of [{ train: dataset(48) }, few]) {
      const stored = await summaryOf(config({ teachers, data }));
      const live = await summaryOf(config({ teachers, data, ...planned({ teachers: 'live' }) }));
      expect(live.student.hash).toBe(stored.student.hash);
      expect(live.history).toEqual(stored.history);
    }
  });

  test('teachers that leave memory between turns come back to their owner', async () => {
    const mine = net({ hidden: 5 })();
    const before = weightsOf(mine);
    const teachers: KdConfig['teachers'] = { letters: { model: mine, speaks: 'letter' } };
    const live = await summaryOf(config({ teachers, ...planned({ teachers: 'live', resident: [] }) }));
    expect(weightsOf(mine)).toEqual(before);
    expect(live.student.hash).toBe((await summaryOf(config({ teachers }))).student.hash);
    mine.dispose();
  });
});

describe('teachers that are not resident', () => {
  /** Two teachers that say whether they are in memory. */
  function coming(): { parked: Record<string, boolean>; plugin: Plugin; teachers: NonNullable<KdConfig['teachers']> } {
    const parked: Record<string, boolean> = {};
    const source = defineTeacherSource({
      name: 'coming', summary: '',
      create: () => ({
        open: async ({ id, space }) => ({
          ...functionTeacher({ id, space, hash: 'h', inputNames: ['x'], predict: (inputs) => (expect(parked[id] ?? false).toBe(false), knowsLetters(inputs)) }),
          park: async () => void (parked[id] = true), unpark: () => void (parked[id] = false),
        }),
      }),
    });
    return { parked, plugin: definePlugin({ name: 'coming', strategies: [source] }), teachers: { first: { source: 'coming', speaks: 'letter' }, second: { source: 'coming', speaks: 'letter' } } };
  }

  test('are there for their turn only', async () => {
    const { parked, plugin, teachers } = coming();
    const between: unknown[] = [];
    const watching = definePlugin({ name: 'watching', apply: ({ hooks }) => hooks.stepEnd.tap('watching', () => void between.push([parked['first'] ?? false, parked['second']])) });
    const own = planned({ teachers: 'live', resident: ['first'] });
    await summaryOf(config({ teachers, ...own, plugins: [...own.plugins!, plugin, watching] }));
    expect(between).toEqual(Array.from({ length: 6 }, () => [false, true]));
  });

  test('leave nothing behind where one of them fails', async () => {
    let calls = 0;
    const failing: NonNullable<KdConfig['teachers']> = {
      letters: { predict: knowsLetters, speaks: 'letter' },
      vowels: { predict: (inputs) => { if (calls++ > 4) throw new Error('gone'); return knowsVowels(inputs); }, speaks: 'vowel' },
    };
    const before = tf.memory().numTensors;
    await failure(() => distill(config({ teachers: failing, train: { epochs: 4, batchSize: 16 }, ...planned({ teachers: 'live' }) })), 'KD_TEACHER_FAILED');
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('recomputed activations', () => {
  const deep = (): LayersModel => sequential({ layers: [layers.dense({ units: 8, activation: 'relu', inputShape: [5] }), ...Array.from({ length: 5 }, () => layers.dense({ units: 8, activation: 'relu' })), layers.dropout({ rate: 0.2 }) as never, layers.dense({ units: 8, activation: 'relu' }), layers.dense({ units: 4, name: 'logits' })] });

  test('give the same student', async () => {
    const own: Partial<KdConfig> = { student: { model: deep as ModelFactory, heads: { letter: 'logits' } }, train: { epochs: 2, batchSize: 16, optimizer: ['sgd', { learningRate: 0.1 }] } };
    expectSame(await trained(config({ ...own, ...planned({ recompute: true }) })), await trained(config(own)));
  });

  test('are refused before anything is trained, where the student cannot be cut', async () => {
    let steps = 0;
    const counting: Plugin = definePlugin({ name: 'counting', apply: ({ hooks }) => hooks.stepEnd.tap('counting', () => void steps++) });
    const own = planned({ recompute: true });
    const untrained: KdConfig['teachers'] = { letters: { model: net() as ModelFactory, speaks: 'letter', train: true } };
    const error = await failure(() => distill(config({ ...own, plugins: [...own.plugins!, counting], teachers: untrained })), 'KD_RECOMPUTE');
    expect(error.message).toContain('there is no layer that everything passes');
    expect(steps).toBe(0);
  });
});

describe('micro-batches', () => {
  const letter = samples(48).letter.map((label, row) => (row % 5 === 0 ? -1 : label));
  const data = { all: { train: dataset(48) }, some: { train: dataset(48, 1, { letter }) }, few: { train: dataset(48), labelled: 7 } };
  const teachers: KdConfig['teachers'] = { letters: { predict: knowsLetters, speaks: 'letter' }, vowels: { predict: knowsVowels, speaks: 'vowel' } };

  test.each(Object.keys(data) as (keyof typeof data)[])('give the same weights and numbers as whole batches: %s labels', async (which) => {
    const own: Partial<KdConfig> = { teachers, data: data[which], train: { epochs: 2, batchSize: 16, labelledBatchSize: 8, optimizer: ['sgd', { learningRate: 0.1 }] } };
    const whole = await trained(config(own));
    for (const microBatch of [1, 5, 16]) expectSame(await trained(config({ ...own, ...planned({ microBatch }) })), whole);
  });

  test('a step that runs out of memory is taken again in smaller parts, and nothing leaks', async () => {
    const events: ExhaustedEvent[] = [];
    const warnings: string[] = [];
    const halved = (event: ExhaustedEvent): MemoryPlan => (events.push(event), { microBatch: Math.ceil((event.plan.microBatch ?? event.batchRows) / 2) });
    const greedy = definePlugin({
      name: 'greedy',
      apply: ({ hooks }) => hooks.batch.tap('greedy', (batch, { progress }) => {
        if (progress.step >= 2 && batch.layout.rows > 5) throw new RangeError('out of memory');
        return batch;
      }),
    });
    const own = planned({}, halved);
    const sgd: Partial<KdConfig> = { train: { epochs: 2, batchSize: 16, optimizer: ['sgd', { learningRate: 0.1 }] } };
    const whole = await trained(config(sgd));
    const before = tf.memory().numTensors;
    const { student } = await distill(config({ ...sgd, ...own, plugins: [...own.plugins!, greedy] }), { reporter: { warn: (message) => void warnings.push(message) } });
    weightsOf(student.layersModel!).forEach((values, i) => expectClose(values, whole.weights[i]!));
    student.layersModel!.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(events.map(({ plan, batchRows }) => [plan.microBatch, batchRows])).toEqual([[undefined, 16], [8, 16]]);
    expect(warnings).toHaveLength(2);
  });

  test('a step that runs out of memory where there is no smaller plan says what to do, and nothing leaks', async () => {
    const greedy = defineLoss({ name: 'greedy', summary: 'Needs too much.', create: () => ({ role: 'soft', compute: () => { throw new Error('MatMul ran out of memory: too much.'); } }) });
    const own = planned({}, ({ plan }) => (plan.microBatch === 1 ? undefined : { microBatch: 1 }));
    const before = tf.memory().numTensors;
    const plugins = [...own.plugins!, definePlugin({ name: 'greedy', strategies: [greedy] })];
    const { message, cause } = await failure(() => distill(config({ ...own, plugins, soft: { letter: 'greedy' } })), 'KD_MEMORY_EXHAUSTED');
    expect(message).toMatch(/no smaller plan: MatMul ran out of memory: too much\. Raise/);
    expect((cause as Error).message).toBe('MatMul ran out of memory: too much.');
    expect(tf.memory().numTensors).toBe(before);
  });

  test('a wrong index is not called a lack of memory', async () => {
    const astray = defineLoss({ name: 'astray', summary: 'Reads elsewhere.', create: () => ({ role: 'soft', compute: () => { throw new WebAssembly.RuntimeError('memory access out of bounds'); } }) });
    const own = planned({}, () => ({ microBatch: 1 }));
    const run = distill(config({ ...own, plugins: [...own.plugins!, definePlugin({ name: 'astray', strategies: [astray] })], soft: { letter: 'astray' } }));
    await expect(run).rejects.toSatisfy((error: Error) => error.name === 'RuntimeError' && error.message === 'memory access out of bounds');
  });

  const relations = defineLoss({ name: 'relations', summary: 'Compares samples.', create: () => ({ role: 'soft', joinsSamples: true, compute: ({ student }) => tf.sum(tf.sub(student, tf.mean(student, 0)), -1) as Tensor1D }) });
  const together = defineAggregator({ name: 'together', summary: 'Weighs by the batch.', create: () => ({ label: 'together', joinsSamples: true, aggregate: ({ signals }) => ({ target: targetOf(signals[0]!.logits) }) }) });
  const compared = defineAlphaScheduler({ name: 'compared', summary: 'Compares gradients.', create: () => ({ label: 'compared', needs: { gradients: true }, init: () => null, value: () => ({ alpha: 0.5 }) }) });
  const learned = defineAlphaScheduler({ name: 'learned', summary: 'Learns.', create: () => ({ label: 'learned', init: () => null, value: () => ({ alpha: 0.5 }), learned: { initial: { s: [0] }, weigh: ({ hard, soft }) => ({ total: tf.add(hard, soft), alpha: tf.scalar(0.5) }) } }) });
  test('are refused for it also where memory runs out later', async () => {
    const own = planned({}, ({ plan, batchRows }) => (plan.microBatch === undefined ? { microBatch: Math.ceil(batchRows / 2) } : undefined));
    const greedy = definePlugin({ name: 'greedy', strategies: [relations], apply: ({ hooks }) => hooks.batch.tap('greedy', () => { throw new RangeError('out of memory'); }) });
    await failure(() => distill(config({ ...own, plugins: [...own.plugins!, greedy], soft: { letter: 'relations' } })), 'KD_MICRO_BATCH');
  });
  test.each<[string, Partial<KdConfig>]>([['letter', { soft: { letter: 'relations' } }], ['together', { aggregation: 'together' }], ['compared', { alpha: 'compared' }], ['learned', { alpha: 'learned' }]])('are refused for what looks at a batch as a whole, before anything is trained: %s', async (what, changes) => {
    const own = planned({ microBatch: 4 });
    let steps = 0;
    const counting: Plugin = definePlugin({ name: 'counting', strategies: [relations, together, compared, learned], apply: ({ hooks }) => hooks.stepEnd.tap('counting', () => void steps++) });
    const untrained: KdConfig['teachers'] = { letters: { model: net() as ModelFactory, speaks: 'letter', train: true } };
    const error = await failure(() => distill(config({ ...own, plugins: [...own.plugins!, counting], teachers: untrained, ...changes })), 'KD_MICRO_BATCH');
    expect(error.message).toContain(what);
    expect(steps).toBe(0);
  });
});
