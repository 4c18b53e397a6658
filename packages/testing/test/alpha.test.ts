import { builtIn, kdError, type AlphaScheduler, type LearnedAlpha, type Observed, type Plain } from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkAlphaScheduler, type CheckAlphaSchedulerOptions, type StrategyOf } from '../src/index.ts';

beforeAll(() => tf.setBackend('cpu'));

const builtIns = builtIn.strategies!.filter(({ kind }) => kind === 'alpha') as unknown as StrategyOf<'alpha'>[];
const variants: Record<string, CheckAlphaSchedulerOptions[]> = {
  constant: [{}, { options: { alpha: 1 } }],
  schedule: ['linear', 'cosine', 'exponential', 'step', 'multi-step', 'polynomial'].map((form) => ({ options: { form, milestones: [10, 50] } })),
};
const alpha = (more: Partial<AlphaScheduler> = {}): AlphaScheduler => ({ label: 'mine', init: () => null, value: () => ({ alpha: 0.5 }), ...more });
const remembers = (initial: Plain, update: (state: any, seen: Observed) => Plain, value: (state: any) => number): AlphaScheduler =>
  alpha({ init: () => initial, update, value: (state) => ({ alpha: value(state) }) });
const probing = (more: Partial<NonNullable<AlphaScheduler['probe']>>): AlphaScheduler => alpha({
  probe: { holdOut: ({ labelled }) => Math.floor(labelled / 5), most: 100, due: (_, { step }) => step === 5, update: (state) => state, released: (_, { step, steps }) => step >= steps / 2, ...more },
});
const careful = probing({ holdOut: ({ labelled }) => (labelled < 5 ? 0 : 1), due: () => false });
const learning = (weigh: LearnedAlpha['weigh'], initial: LearnedAlpha['initial'] = { s: [0] }): AlphaScheduler => alpha({ learned: { initial, weigh } });
const share = (learned: Readonly<Record<string, tf.Tensor>>): Scalar => tf.sigmoid(tf.reshape(learned['s']!, [])) as Scalar;
const mixed: LearnedAlpha['weigh'] = ({ hard, soft }, learned) => {
  const own = share(learned);
  return { total: tf.add(tf.mul(own, hard), tf.mul(tf.sub(1, own), soft)), alpha: own };
};

describe('checkAlphaScheduler', () => {
  test.each(builtIns.flatMap((strategy) => (variants[strategy.name] ?? [{}]).map((options) => [strategy.name, JSON.stringify(options), strategy, options] as const)))('%s passes with %s', async (_, __, strategy, options) => {
    await checkAlphaScheduler(strategy, options);
  });

  test('schedulers that remember, probe, learn, set α per sample or refuse a run pass when they keep to the rules', async () => {
    await checkAlphaScheduler(remembers({ seen: [] }, ({ seen }, { hard }) => ({ seen: [...seen.slice(-3), hard] }), ({ seen }) => (seen.at(-1) ?? 0) / 3));
    await checkAlphaScheduler(careful);
    await checkAlphaScheduler(learning(mixed));
    await checkAlphaScheduler(alpha({ perSample: ({ labels, alpha: own }) => tf.mul(tf.cast(tf.greaterEqual(labels, 0), 'float32'), own) as Tensor1D }));
    await checkAlphaScheduler(alpha({ init: ({ labelled }) => {
      if (labelled < 1000) throw kdError('KD_ALPHA_NEEDS', { alpha: 'mine', needs: 'labels', why: 'there are few' });
      return null;
    } }));
  });

  let calls = 0;
  const wrong: readonly (readonly [rule: RegExp, scheduler: AlphaScheduler])[] = [
    [/α is from 0 to 1 at step 0 .*it is 1.5/, alpha({ value: () => ({ alpha: 1.5 }) })],
    [/α is from 0 to 1 at step 1 of a run of one step|α is from 0 to 1 at step 0 of a run of one step.*it is NaN/, alpha({ value: (_, { step, steps }) => ({ alpha: step / (steps - 1) }) })],
    [/state is plain data.*state\.accuracy is NaN/, remembers({ accuracy: 0 }, ({ accuracy }, seen) => ({ accuracy: 0.9 * accuracy + 0.1 * seen.trainAccuracy }), () => 0.5)],
    [/state is plain data.*state is a Map/, alpha({ init: () => new Map() as unknown as Plain })],
    [/state is plain data.*state\.x is undefined/, alpha({ init: () => ({ x: undefined }) as unknown as Plain })],
    [/leaves the state that it is given as it is.*threw/, remembers({ n: 0 }, (state) => { state.n++; return state; }, () => 0.5)],
    [/the same run gives the same α/, alpha({ value: () => ({ alpha: 1 / (1 + calls++) }) })],
    [/trust has a mean of 1 .*0\.333/, alpha({ value: () => ({ alpha: 0.5, trust: { digit: 1 / 3, parity: 1 / 3, low: 1 / 3 } }) })],
    [/trust is at least 0/, alpha({ value: () => ({ alpha: 0.5, trust: { digit: 4, parity: -1, low: 0 } }) })],
    [/trust has one weight for each granularity.*'low'/, alpha({ value: () => ({ alpha: 0.5, trust: { digit: 1, parity: 1 } }) })],
    [/α can be computed at step 0 of 100 in a run without teachers, but it threw/, alpha({ init: ({ granularities }) => granularities.map(({ name }) => name), value: (state) => ({ alpha: (state as string[])[0]!.length / 10 }) })],
    [/whole number of labels.*it is 1.5/, probing({ holdOut: () => 1.5 })],
    [/whole number of labels from 0 to 30.*it is 50/, probing({ holdOut: () => 50 })],
    [/no probe is due where no labels are held out/, probing({})],
    [/released stay released/, probing({ released: (_, { step }) => step % 2 === 0 })],
    [/at least one sample/, probing({ most: 0 })],
    [/label/, alpha({ label: '' })],
    [/loss, α and gradients are finite for losses of 0 and 1/, learning(({ hard, soft }, learned) => ({ total: tf.add(tf.log(hard), soft), alpha: share(learned) }))],
    [/α is from 0 to 1 for losses/, learning((sides, learned) => ({ ...mixed(sides, learned), alpha: tf.scalar(1.5) }))],
    [/α is what the loss amounts to.*0\.5000, but it is 0\.9000/, learning((sides, learned) => ({ ...mixed(sides, learned), alpha: tf.scalar(0.9) }))],
    [/what learns receives gradients/, learning(({ hard, soft }) => ({ total: tf.mul(tf.add(hard, soft), 0.5), alpha: tf.scalar(0.5) }))],
    [/neither side is made worse/, learning(({ hard, soft }, learned) => ({ total: tf.sub(hard, tf.mul(share(learned), soft)), alpha: tf.scalar(1) }))],
    [/loss and α are scalars.*shape \[1\]/, learning((sides, learned) => ({ ...mixed(sides, learned), alpha: tf.sigmoid(learned['s']!) as unknown as Scalar }))],
    [/more are left/, learning((sides, learned) => ({ ...mixed(sides, learned), alpha: tf.keep(share(learned)) }))],
    [/names what learns/, learning(mixed, {})],
    [/first values are finite/, learning(mixed, { s: [Number.NaN] })],
    [/one α a sample, shape \[4\], but the shape is \[\]/, alpha({ perSample: ({ alpha: own }) => own as unknown as Tensor1D })],
    [/each sample’s α is from 0 to 1/, alpha({ perSample: ({ labels }) => tf.fill(labels.shape, 1.5) as Tensor1D })],
    [/each sample’s α is from 0 to 1/, alpha({ perSample: ({ labels }) => tf.cast(labels, 'float32') as Tensor1D })],
  ];

  test.each(wrong)('finds what breaks %s', async (rule, scheduler) => {
    await expect(checkAlphaScheduler(scheduler)).rejects.toThrowError(expect.objectContaining({ code: 'KD_CONFORMANCE', message: expect.stringMatching(rule) }));
  });

  test('finds what is remembered outside the state, also between two of the same strategy', async () => {
    const hidden = (make: () => AlphaScheduler): StrategyOf<'alpha'> => ({ kind: 'alpha', name: 'hidden', summary: '', create: make });
    let shared = 0;
    const sharing = hidden(() => { const own = shared++; return alpha({ value: () => ({ alpha: own / 10 }) }); });
    await expect(checkAlphaScheduler(sharing)).rejects.toThrow(/alpha 'hidden' breaks its contract: two of the same scheduler share nothing/);
    const byIdentity = hidden(() => {
      const known = new WeakSet<object>();
      return remembers({ n: 0 }, ({ n }) => { const next = { n: n + 1 }; known.add(next); return next; }, (state) => (known.has(state) ? 0.2 : 0.4));
    });
    await expect(checkAlphaScheduler(byIdentity)).rejects.toThrow(/a run that is resumed gives the same α/);
  });
});
