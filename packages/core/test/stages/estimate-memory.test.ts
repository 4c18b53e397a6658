import { beforeAll, describe, expect, test } from 'vitest';
import { defineBackend, defineMemoryPolicy, definePlugin, startWasm, type Backend, type CompiledFunction, type KdConfig, type MemoryEstimate, type PureFunction } from '../../src/index.ts';
import { config, dataset, knowsLetters, knowsVowels, summaryOf } from '../small-task.ts';

beforeAll(() => startWasm());

const compiling = defineBackend({
  name: 'compiling', summary: '',
  create: (): Backend => ({
    name: 'compiling', rank: 0, available: async () => true, start: () => startWasm(), memory: () => ({ tensors: 0, bytes: 0 }),
    compile: (_, fn: PureFunction): CompiledFunction => Object.assign((inputs: Parameters<PureFunction>[0]) => fn(inputs), { dispose() {} }),
  }),
});

/** What a memory policy is told of a run. */
async function estimated(changes: Partial<KdConfig> = {}): Promise<MemoryEstimate> {
  let told: MemoryEstimate | undefined;
  const asking = defineMemoryPolicy({ name: 'asking', summary: '', create: () => ({ label: 'asking', plan: (estimate) => (told ??= estimate, {}) }) });
  await summaryOf(config({ plugins: [definePlugin({ name: 'acme', strategies: [asking, compiling] })], memory: 'asking', train: { epochs: 1, batchSize: 16, labelledBatchSize: 8 }, ...changes }));
  return told!;
}

describe('what a memory policy is told of a run', () => {
  const WEIGHTS = 4 * (5 * 6 + 6 + 6 * 4 + 4);
  const by = (name: string, options: object = {}): Partial<KdConfig> => ({ train: { epochs: 1, batchSize: 16, optimizer: [name, { learningRate: 0.1, ...options }] } });

  test('the student is its weights, those of the state, gradients, and what the optimizer remembers', async () => {
    expect((await estimated(by('sgd'))).studentBytes).toBe(3 * WEIGHTS);
    expect((await estimated(by('sgd', { momentum: 0.9 }))).studentBytes).toBe(4 * WEIGHTS);
    expect((await estimated(by('adam'))).studentBytes).toBe(5 * WEIGHTS);
    // The best epoch's weights are kept beside those.
    const data = { train: dataset(48), validation: dataset(12, 9) };
    expect((await estimated({ ...by('sgd'), data })).studentBytes).toBe(4 * WEIGHTS);
    expect((await estimated({ data, train: { epochs: 1, batchSize: 16, optimizer: ['sgd', { learningRate: 0.1 }], keep: 'last' } })).studentBytes).toBe(3 * WEIGHTS);
    // A compiled step holds the new state beside the old one.
    expect((await estimated({ ...by('adam'), backend: 'compiling' })).studentBytes).toBe(8 * WEIGHTS);
  });

  test('answers are those of all teachers for all samples, a row is its inputs, activations twice and answers', async () => {
    const [one, two] = [await estimated(), await estimated({ teachers: { letters: { predict: knowsLetters, speaks: 'letter' }, vowels: { predict: knowsVowels, speaks: 'vowel' } } })];
    expect([one.signalBytes, two.signalBytes]).toEqual([4 * 48 * 4, 4 * 48 * 6]);
    expect(two.bytesPerRow - one.bytesPerRow).toBe(4 * 2);
    expect(one.bytesPerRow - 4 * (5 + 4)).toBe(2 * (one.forwardBytesPerRow - 4 * 5));
  });

  test('a batch is what has labels beside what has none', async () => {
    expect((await estimated({ data: { train: dataset(48), labelled: 12 } })).batchRows).toBe(16 + 8);
    expect((await estimated({ data: { train: dataset(48) } })).batchRows).toBe(16);
    expect((await estimated({ data: { train: dataset(48, 1, 'none') } })).batchRows).toBe(16);
    expect((await estimated({ data: { train: dataset(48) }, train: { epochs: 1, batchSize: 16, labelledBatchSize: 8, batches: 'balanced' } })).batchRows).toBe(16 + 8);
  });
});
