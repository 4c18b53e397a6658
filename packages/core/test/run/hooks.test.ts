import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  createHooks, definePlugin, distill, MemoryWorkspace, Stage, startWasm, StopSignal, type Hooks, type KdConfig, type ModelFactory, type NamedTensors, type Plugin, type Target,
} from '../../src/index.ts';
import { config, dataset, failure, knowsLetters, knowsVowels, net, summaryOf } from '../small-task.ts';

beforeAll(() => startWasm());

const tapping = (apply: (hooks: Hooks) => void, name = 'acme'): Plugin => definePlugin({ name, apply: ({ hooks }) => apply(hooks) });
const tapped = (apply: (hooks: Hooks) => void, changes: Partial<KdConfig> = {}): KdConfig => config({ plugins: [tapping(apply)], ...changes });

/** Writes down every hook as it is called. */
function recording(): { plugin: Plugin; calls: string[] } {
  const calls: string[] = [];
  const plugin = tapping((hooks) => {
    for (const [name, hook] of Object.entries(hooks)) {
      (hook as Hooks['targets']).tap({ name: 'recorder', stage: Stage.Observe }, (...values: any[]) => {
        const context = values.find((value) => value?.unit) as { unit: string } | undefined;
        const what = typeof values[0] === 'string' ? values[0] : context?.unit;
        calls.push(what ? `${name} ${what}` : name);
        return undefined as never;
      });
    }
  });
  return { plugin, calls };
}

describe('the order of a run', () => {
  test('every hook is called, in the order in which they are declared', async () => {
    const { plugin, calls } = recording();
    const untrained: KdConfig['teachers'] = { letters: { model: net() as ModelFactory, speaks: 'letter', train: { epochs: 1, batchSize: 48 } } };
    await summaryOf(config({ plugins: [plugin], teachers: untrained, train: { epochs: 2, batchSize: 24, checkpointEvery: 1 } }));
    const inStep = ['lossTerms', 'gradients', 'reduceGradients'];
    const step = ['knobs distill', 'signals distill', 'batch distill', 'targets', ...inStep, 'stepEnd distill'];
    const epoch = ['epochStart distill', ...step, 'checkpoint distill', ...step, 'epochEnd distill', 'shouldStop distill', 'checkpoint distill'];
    const teacher = 'train-teachers/letters';
    expect(calls).toEqual([
      'runStart',
      'stageStart teachers', 'stageEnd teachers',
      'stageStart student', 'stageEnd student',
      'stageStart train-teachers',
      ...['epochStart', 'knobs', 'batch'].map((name) => `${name} ${teacher}`), 'targets', ...inStep,
      ...['stepEnd', 'epochEnd', 'shouldStop', 'checkpoint', 'evaluate'].map((name) => `${name} ${teacher}`),
      'stageEnd train-teachers',
      'stageStart distillation-data', 'stageEnd distillation-data',
      'stageStart distill', ...epoch, ...epoch, 'evaluate distill', 'stageEnd distill',
      'report', 'runEnd',
    ]);
    const declared = Object.keys(createHooks());
    const first = [...new Set(calls.map((call) => call.split(' ')[0]!))];
    expect([...first, 'failed'].sort()).toEqual([...declared].sort());
  });

  test('a run calls exactly one of runEnd and failed, whatever fails', async () => {
    const endings = async (fail: (hooks: Hooks) => void, changes: Partial<KdConfig> = {}): Promise<string[]> => {
      const { plugin, calls } = recording();
      await distill(config({ plugins: [plugin, tapping(fail, 'failing')], ...changes })).then(({ student }) => student.layersModel!.dispose(), () => {});
      return calls.filter((call) => /^(runEnd|failed)/.test(call));
    };
    const broken = () => { throw new Error('broken'); };
    expect(await endings(() => {})).toEqual(['runEnd']);
    expect(await endings((hooks) => hooks.runStart.tap('failing', broken))).toEqual(['failed']);
    expect(await endings((hooks) => hooks.stepEnd.tap('failing', broken))).toEqual(['failed']);
    expect(await endings(() => {}, { teachers: { letters: { predict: () => tf.zeros([1, 1]), speaks: 'letter' } } })).toEqual(['failed']);
    expect(await endings((hooks) => hooks.runEnd.tap({ name: 'failing', stage: 2000 }, broken))).toEqual(['runEnd']);
    // A tap that fails over a failure does not hide it.
    const error = await failure(() => distill(tapped((hooks) => {
      hooks.epochStart.tap('failing', broken);
      hooks.failed.tap('failing', () => { throw new Error('worse'); });
    })), 'KD_PLUGIN_FAILED');
    expect(error.details).toMatchObject({ hook: 'epochStart', message: 'broken' });
  });
});

describe('what taps change', () => {
  const hashOf = async (own: KdConfig): Promise<string> => (await summaryOf(own)).student.hash;

  test('knobs: α and the learning rate, also where the scheduler left a side out', async () => {
    const half = await hashOf(config({ alpha: 0.5, data: { train: dataset(48), labelled: 12 } }));
    const changed = tapped((hooks) => hooks.knobs.tap('acme', (knobs) => ({ ...knobs, alpha: 0.5 })), { alpha: 1, data: { train: dataset(48), labelled: 12 } });
    expect(await hashOf(changed)).toBe(half);
    const still = await summaryOf(tapped((hooks) => hooks.knobs.tap('acme', (knobs) => ({ ...knobs, learningRate: 0 }))));
    expect(still.history[0]!['learningRate']).toBe(0);
    expect(still.student.hash).not.toBe(await hashOf(config()));
  });

  test('lossTerms: a dropped term is not learned, a weight counts', async () => {
    const two: Partial<KdConfig> = { teachers: { letters: { predict: knowsLetters, speaks: 'letter' }, vowels: { predict: knowsVowels, speaks: 'vowel' } } };
    const without = await summaryOf(tapped((hooks) => hooks.lossTerms.tap('acme', (terms) => terms.filter(({ name }) => name !== 'vowel')), two));
    expect(without.student.hash).toBe(await hashOf(config()));
    expect(without.history[0]!['term/vowel']).toBeUndefined();
    const weighed = tapped((hooks) => hooks.lossTerms.tap('acme', (terms) => terms.map((term) => (term.name === 'vowel' ? { ...term, weight: 0.25 } : term))), two);
    const configured = await hashOf(config({ ...two, soft: { letter: 'kl-divergence', vowel: { loss: 'kl-divergence', weight: 0.25 } } }));
    expect(await hashOf(weighed)).toBe(configured);
  });

  test('gradients: scaled by 2 is a doubled learning rate for plain descent', async () => {
    const sgd = (learningRate: number): Partial<KdConfig> => ({ train: { epochs: 2, batchSize: 16, optimizer: ['sgd', { learningRate }] } });
    const twice = (hook: 'gradients' | 'reduceGradients') => tapped((hooks) => hooks[hook].tap('acme', (gradients) => Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, tf.mul(gradient, 2)]))), sgd(0.125));
    const expected = await hashOf(config(sgd(0.25)));
    expect(await hashOf(twice('gradients'))).toBe(expected);
    expect(await hashOf(twice('reduceGradients'))).toBe(expected);
  });

  test('targets: replaced ones are learned', async () => {
    const flat: Target = { probabilities: () => tf.fill([16, 4], 0.25), logProbabilities: () => tf.fill([16, 4], Math.log(0.25)), logits: () => tf.zeros([16, 4]) };
    const summary = await summaryOf(tapped((hooks) => hooks.targets.tap('acme', (targets) => ({ ...targets, letter: flat })), { alpha: 0 }));
    const uniform = await summaryOf(config({ alpha: 0, teachers: { letters: { predict: ({ x }) => tf.zeros([x!.shape[0]!, 4]), speaks: 'letter' } } }));
    expect(summary.history.at(-1)!['loss']).toBeCloseTo(uniform.history.at(-1)!['loss']!, 5);
  });

  test('signals and batch: what they give is what the student sees, and nothing leaks', async () => {
    const doubled = (tensors: Readonly<NamedTensors>, which: RegExp): NamedTensors => Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, which.test(name) ? tf.mul(tensor, 2) : tensor]));
    const twice = await hashOf(config({ alpha: 0, teachers: { letters: { predict: (inputs) => tf.mul(knowsLetters(inputs) as Tensor2D, 2), speaks: 'letter' } } }));
    const seen: string[][] = [];
    const signals = (hooks: Hooks): void => hooks.signals.tap('acme', (given) => (seen.push(Object.keys(given)), doubled(given, /^letters/)));
    expect(await hashOf(tapped(signals, { alpha: 0 }))).toBe(twice);
    expect(seen[0]).toEqual(['letters/logits']);
    const inBatch = (hooks: Hooks): void => hooks.batch.tapPromise('acme', async (batch) => ({ ...batch, tensors: doubled(batch.tensors, /^signals/) }));
    expect(await hashOf(tapped(inBatch, { alpha: 0 }))).toBe(twice);
    const before = tf.memory().numTensors;
    await hashOf(tapped((hooks) => (signals(hooks), inBatch(hooks)), { alpha: 0 }));
    expect(tf.memory().numTensors).toBe(before);
  });

  test('shouldStop: the first reason ends training after its epoch', async () => {
    const summary = await summaryOf(tapped((hooks) => {
      hooks.shouldStop.tap('acme', ({ epoch }) => (epoch === 1 ? 'enough' : undefined));
      hooks.shouldStop.tap('late', () => undefined);
    }, { train: { epochs: 5, batchSize: 16 } }));
    expect(summary.steps).toBe(6);
    expect(summary.history).toHaveLength(2);
  });

  test('evaluate and report: sections stand in the summary, also when the training is skipped', async () => {
    const workspace = new MemoryWorkspace();
    const own = tapped((hooks) => {
      hooks.evaluate.tap('acme', (sections, { unit }) => ({ ...sections, judged: unit }));
      hooks.report.tapPromise('acme', async (sections) => ({ ...sections, pages: 3 }));
    });
    expect((await summaryOf(own, { workspace })).sections).toEqual({ judged: 'distill', pages: 3 });
    expect((await summaryOf(own, { workspace })).sections).toEqual({ judged: 'distill', pages: 3 });
  });

  test('checkpoint: a plugin finds what it stored, also in a run that was stopped in between', async () => {
    const found: unknown[] = [];
    const stop = new StopSignal();
    const own = (stopAt: number): KdConfig => tapped((hooks) => {
      hooks.checkpoint.tap('acme', (sections, { progress }) => (found.push(sections['acme']), { ...sections, acme: progress.step }));
      hooks.stepEnd.tap('acme', (_, { progress }) => { if (progress.step === stopAt) stop.request('a test'); });
    });
    const workspace = new MemoryWorkspace();
    await failure(() => distill(own(1), { workspace, stop }), 'KD_STOPPED');
    await summaryOf(own(-1), { workspace });
    expect(found).toEqual([undefined, 2, 3]);
  });

  test('a knob that comes and goes holds for the steps that have it', async () => {
    const soft: [inSum: number, alone: number][] = [];
    await summaryOf(tapped((hooks) => {
      hooks.knobs.tap('acme', (numbers, { progress }) => (progress.step === 1 ? { ...numbers, 'trust/letter': 0.25 } : numbers));
      hooks.stepEnd.tap('acme', (numbers) => void soft.push([numbers['soft']!, numbers['term/letter']!]));
    }, { train: { epochs: 3, batchSize: 48 } }));
    expect(soft.map(([inSum, alone]) => Math.round(100 * inSum / alone) / 100)).toEqual([1, 0.25, 1]);
  });

  test('stepEnd and epochEnd see numbers: losses, α, learning rate', async () => {
    let step: Record<string, number> = {};
    let epoch: Record<string, number> = {};
    await summaryOf(tapped((hooks) => {
      hooks.stepEnd.tap('acme', (numbers) => void (step = { ...numbers }));
      hooks.epochEnd.tap('acme', (numbers) => void (epoch = { ...numbers }));
    }));
    const names = ['loss', 'hard', 'soft', 'alpha', 'term/hard/letter', 'term/letter', 'gradientNorm', 'trainAccuracy', 'learningRate'];
    expect(Object.keys(step).sort()).toEqual([...names].sort());
    expect(Object.keys(epoch).sort()).toEqual([...names, 'epoch', 'step'].sort());
    expect(step['loss']).toBeCloseTo(0.5 * step['hard']! + 0.5 * step['soft']!, 5);
  });
});

describe('taps that fail', () => {
  const hooksOf: (keyof Hooks)[] = ['runStart', 'stageStart', 'epochStart', 'knobs', 'signals', 'batch', 'targets', 'lossTerms', 'gradients', 'reduceGradients', 'stepEnd', 'epochEnd', 'shouldStop', 'checkpoint', 'evaluate', 'stageEnd', 'report', 'runEnd'];

  test.each(hooksOf)('%s: the error names plugin and hook, and no tensor is left', async (hook) => {
    const before = tf.memory().numTensors;
    const cause = new Error('no such luck');
    const error = await failure(() => distill(tapped((hooks) => (hooks[hook] as Hooks['targets']).tap('acme', () => { throw cause; }))), 'KD_PLUGIN_FAILED');
    expect(error.details).toEqual({ plugin: 'acme', hook, message: 'no such luck' });
    expect(error.cause).toBe(cause);
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each([
    ['knobs', (hooks: Hooks) => hooks.knobs.tap('acme', (() => 5) as never), 'a number, expected an object'],
    ['lossTerms', (hooks: Hooks) => hooks.lossTerms.tap('acme', (() => 5) as never), 'a number, expected a list'],
    ['gradients', (hooks: Hooks) => hooks.gradients.tap('acme', (() => []) as never), 'a list, expected an object'],
    ['batch', (hooks: Hooks) => hooks.batch.tapPromise('acme', (async () => null) as never), 'null, expected an object'],
    ['evaluate', (hooks: Hooks) => hooks.evaluate.tapAsync('acme', (_, __, done) => done(null, 'fine' as never)), 'a string, expected an object'],
  ])('%s: a value of another kind names who gave it', async (hook, tap, problem) => {
    const error = await failure(() => distill(tapped((hooks) => void tap(hooks))), 'KD_PLUGIN_FAILED');
    expect(error.message).toContain(`Plugin 'acme' failed in hook '${hook}': it returned ${problem} or nothing`);
  });

  test('promises and callbacks that fail are attributed too', async () => {
    const rejected = await failure(() => distill(tapped((hooks) => hooks.batch.tapPromise('acme', () => Promise.reject(new Error('later'))))), 'KD_PLUGIN_FAILED');
    expect(rejected.details).toEqual({ plugin: 'acme', hook: 'batch', message: 'later' });
    const called = await failure(() => distill(tapped((hooks) => hooks.stepEnd.tapAsync('acme', (_numbers, _context, done) => done(new Error('called back'))))), 'KD_PLUGIN_FAILED');
    expect(called.details).toEqual({ plugin: 'acme', hook: 'stepEnd', message: 'called back' });
    const waited: number[] = [];
    await summaryOf(tapped((hooks) => hooks.epochEnd.tapAsync('acme', ({ epoch }, _context, done) => void setTimeout(() => (waited.push(epoch!), done()), 1))));
    expect(waited).toEqual([0, 1]);
  });

  test.each(['knobs', 'lossTerms', 'stepEnd'] as const)('%s: an async function as a synchronous tap is refused', async (hook) => {
    const error = await failure(() => distill(tapped((hooks) => (hooks[hook] as unknown as Hooks['targets']).tap('acme', (async () => { throw new Error('never seen'); }) as never))), 'KD_HOOK_ASYNC');
    expect(error.details).toEqual({ plugin: 'acme', hook });
  });

  test('taps keep their order: early, default, late, observers', async () => {
    const order: string[] = [];
    await summaryOf(tapped((hooks) => {
      for (const stage of ['Observe', 'Late', 'Default', 'Early'] as const) hooks.runStart.tap({ name: stage, stage: Stage[stage] }, () => void order.push(stage));
    }));
    expect(order).toEqual(['Early', 'Default', 'Late', 'Observe']);
  });
});
