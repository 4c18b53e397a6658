import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { mean } from '../../src/built-in/aggregation/mean.ts';
import { crossEntropy } from '../../src/built-in/losses/cross-entropy.ts';
import { klDivergence } from '../../src/built-in/losses/kl-divergence.ts';
import { granularityOf } from '../../src/labels/granularity.ts';
import { resolveLabelSpaces } from '../../src/labels/label-space.ts';
import { fromLayersModel } from '../../src/model/layers-model.ts';
import type { Aggregator } from '../../src/objective/aggregation.ts';
import type { AlphaScheduler } from '../../src/objective/alpha.ts';
import type { Loss } from '../../src/objective/loss.ts';
import type { Objective } from '../../src/objective/objective.ts';
import type { Batch, RowRange } from '../../src/step/batch.ts';
import { sgd } from '../../src/step/optimizers/sgd.ts';
import { adam } from '../../src/step/optimizers/adam.ts';
import { adamw } from '../../src/step/optimizers/adamw.ts';
import type { Optimizer } from '../../src/step/optimizers/optimizer.ts';
import { joinStats, readStats } from '../../src/step/stats.ts';
import { createStep, type Step, type StepOptions } from '../../src/step/step.ts';
import { disposeAll, withPrefix, type NamedTensors } from '../../src/tensor/named-tensors.ts';
import { eagerRandom, Random } from '../../src/tensor/random.ts';
import { expectClose } from '../../../../test/golden/golden-cases.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const spaces = resolveLabelSpaces({
  digit: ['a', 'b', 'c', 'd'],
  parity: { of: 'digit', groups: { even: ['a', 'c'], odd: ['b', 'd'] } },
});
const digit = spaces.get('digit')!;
const parity = spaces.get('parity')!;
const random = new Random(7);
const at = (step: number) => () => eagerRandom(random, step);

/** Numbers that look random and are the same everywhere. */
function noise(shape: number[], purpose: string): tf.Tensor {
  const values = new Float32Array(shape.reduce((size, length) => size * length, 1));
  return tf.tensor(random.stream(`test/${purpose}`).fillNormal(values), shape);
}

function network(kind: 'plain' | 'normalised' | 'dropping'): LayersModel {
  const model = sequential();
  model.add(layers.dense({ units: 6, activation: 'tanh', inputShape: [3], name: `${kind}-hidden` }));
  if (kind === 'normalised') model.add(layers.batchNormalization({ name: 'norm' }));
  if (kind === 'dropping') model.add(layers.dropout({ rate: 0.5, name: 'drop' }));
  model.add(layers.dense({ units: 4, name: `${kind}-logits` }));
  model.setWeights(model.weights.map((weight, i) => (/kernel|bias/.test(weight.originalName) ? noise(weight.shape as number[], `weight-${i}`) : weight.read())));
  return model;
}

const constant: AlphaScheduler = { label: 'constant', init: () => null, value: () => ({ alpha: 0.3 }) };

function objectiveOf(output: string, changes: Partial<Objective> & { loss?: Loss; aggregator?: Aggregator } = {}): Objective {
  const head = { space: digit, output };
  const own = granularityOf(digit, [digit], 'labels');
  const soft = [
    { name: 'digit', granularity: granularityOf(digit, [digit], 'one'), teachers: ['one', 'two'], temperature: 4 },
    { name: 'parity', granularity: granularityOf(parity, [digit], 'three'), teachers: ['three'], temperature: 2 },
  ].map(({ name, granularity, teachers, temperature }) => ({
    name, granularity, head,
    teachers: teachers.map((id) => ({ id })),
    aggregator: changes.aggregator ?? (mean.create({ of: 'probabilities' }, {}) as Aggregator),
    prepared: undefined,
    loss: changes.loss ?? (klDivergence.create({ temperature }, {}) as Loss),
    weight: 1,
  }));
  return { heads: [head], hard: [{ name: 'hard/digit', granularity: own, head, loss: crossEntropy.create({ labelSmoothing: 0 }, {}), weight: 1 }], soft, alpha: constant, ...changes };
}

const ROWS = 8;
const labels = [0, 1, 2, 3, -1, 2, -1, 0];

/** A one-part batch of the given rows, or a balanced one whose first half carries labels and whose rest carries teachers. */
function batchOf([start, end]: RowRange = [0, ROWS], balanced = false): Batch {
  const slice = (whole: tf.Tensor, from: number, to: number): tf.Tensor => tf.tidy(() => tf.slice(whole, [from, ...whole.shape.slice(1).map(() => 0)], [to - from, ...whole.shape.slice(1)]));
  const middle = balanced ? (start + end) / 2 : start;
  const cut = (tensor: tf.Tensor, from = start): tf.Tensor => {
    const part = slice(tensor, from, end);
    tensor.dispose();
    return part;
  };
  return {
    layout: { rows: end - start, labelled: [0, balanced ? middle - start : end - start], transfer: [middle - start, end - start] },
    tensors: {
      'inputs/x': cut(noise([ROWS, 3], 'x')),
      'labels/digit': cut(tf.tensor1d(labels, 'int32')),
      rows: cut(tf.range(0, ROWS, 1, 'int32')),
      'signals/one/logits': cut(noise([ROWS, 4], 'one'), middle),
      'signals/two/logits': cut(noise([ROWS, 4], 'two'), middle),
      'signals/three/logits': cut(noise([ROWS, 2], 'three'), middle),
    },
  };
}

function knobsOf(numbers: Record<string, number> = {}): NamedTensors {
  const all = { alpha: 0.3, learningRate: 0.1, 'count/hard/digit': 6, 'count/digit': ROWS, 'count/parity': ROWS, 'trust/digit': 1, 'trust/parity': 0.5, ...numbers };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, tf.scalar(value)]));
}

function stepFor(kind: 'plain' | 'normalised' | 'dropping', changes: Parameters<typeof objectiveOf>[1] = {}, options: Partial<StepOptions> = {}): { step: Step; model: LayersModel; student: ReturnType<typeof fromLayersModel> } {
  const model = network(kind);
  const named = fromLayersModel(model);
  // The batch calls the input 'x'.
  const student = { ...named, inputs: [{ ...named.inputs[0]!, name: 'x' }], call: (inputs: Readonly<NamedTensors>, ...rest: [any, any]) => named.call({ [named.inputs[0]!.name]: inputs['x']! }, ...rest) };
  const step = createStep({ student, objective: objectiveOf(`${kind}-logits`, changes), optimizer: sgd(), random, samples: ROWS, ...options });
  return { step, model, student };
}

const flat = (named: Readonly<NamedTensors>): number[] => Object.keys(named).sort().flatMap((name) => [...named[name]!.dataSync()]);

function run(step: Step, batch: Batch, numbers: Record<string, number> = {}, at_ = at(0)): { gradients: number[]; stats: Record<string, number>; updates: NamedTensors } {
  const { state } = step.initial();
  const { gradients, stats, updates } = step.differentiate(state, batch, knobsOf(numbers), at_);
  return { gradients: flat(gradients), stats: readStats(step.stats, stats.dataSync()), updates };
}

describe('what a step computes', () => {
  test('is the objective, written out', () => {
    const { step, model } = stepFor('plain');
    const { stats, gradients } = run(step, batchOf());
    const tensors = batchOf().tensors;
    const logSoftmax = (x: tf.Tensor): tf.Tensor => tf.logSoftmax(x as Tensor2D);
    const objective = (): { hard: tf.Tensor; soft: tf.Tensor } => {
      const z = model.apply(tensors['inputs/x']!) as Tensor2D;
      const own = tf.oneHot(tf.tensor1d(labels, 'int32'), 4);
      const hard = tf.div(tf.neg(tf.sum(tf.mul(own, logSoftmax(z)))), 6);
      const p = tf.div(tf.add(tf.softmax(tf.div(tensors['signals/one/logits']!, 4)), tf.softmax(tf.div(tensors['signals/two/logits']!, 4))), 2);
      const kl = (target: tf.Tensor, q: tf.Tensor, T: number): tf.Tensor => tf.mul(tf.div(tf.sum(tf.mul(target, tf.sub(tf.log(target), q))), ROWS), T * T);
      const even = tf.logSumExp(tf.gather(z, [0, 2], 1), 1, true);
      const odd = tf.logSumExp(tf.gather(z, [1, 3], 1), 1, true);
      const coarse = tf.concat([even, odd], 1);
      const soft = tf.add(kl(p, logSoftmax(tf.div(z, 4)), 4), tf.mul(kl(tf.softmax(tf.div(tensors['signals/three/logits']!, 2)), logSoftmax(tf.div(coarse, 2)), 2), 0.5));
      return { hard, soft };
    };
    const { value, grads } = tf.variableGrads(() => {
      const { hard, soft } = objective();
      return tf.add(tf.mul(hard, 0.3), tf.mul(soft, 0.7)) as tf.Scalar;
    });
    expectClose([stats['loss']!], value.dataSync() as Float32Array);
    // Variables of other tests' models are not part of this one's loss.
    const mine = model.trainableWeights.map((weight) => grads[(weight.read() as tf.Variable).name]!);
    expectClose(gradients, mine.flatMap((gradient) => [...gradient.dataSync()]));
    const { hard, soft } = objective();
    expectClose([stats['hard']!, stats['soft']!], [hard.dataSync()[0]!, soft.dataSync()[0]!]);
    expectClose([stats['weight/digit/0']!, stats['weight/digit/1']!, stats['alpha']!], [0.5, 0.5, 0.3]);
    expect(stats['gradientNorm']).toBeCloseTo(Math.hypot(...gradients), 4);
    const answers = (tf.argMax(model.apply(tensors['inputs/x']!) as Tensor2D, -1).dataSync() as Int32Array);
    expect(stats['correct']).toBe(labels.filter((label, row) => label === answers[row]).length);
  });

  test('a soft term without a trust weighs 1', () => {
    const { step } = stepFor('plain');
    const without = knobsOf({ 'trust/digit': 1 });
    const whole = run(step, batchOf(), { 'trust/parity': 1 });
    delete without['trust/digit'];
    delete without['trust/parity'];
    const { gradients, stats } = step.differentiate(step.initial().state, batchOf(), without, at(0));
    expectClose(flat(gradients), whole.gradients);
    expectClose([...stats.dataSync()], Object.values(whole.stats));
  });

  test('α = 1 listens to labels only, α = 0 to teachers only', () => {
    const { step } = stepFor('plain');
    const [hardOnly, softOnly, both] = [1, 0, 0.25].map((alpha) => run(step, batchOf(), { alpha }));
    expectClose(both!.gradients, hardOnly!.gradients.map((slope, i) => 0.25 * slope + 0.75 * softOnly!.gradients[i]!));
    expect(hardOnly!.stats['loss']).toBeCloseTo(hardOnly!.stats['hard']!, 5);
    expect(softOnly!.stats['loss']).toBeCloseTo(softOnly!.stats['soft']!, 5);
    const withoutSoft = run(step, { ...batchOf(), layout: { rows: ROWS, labelled: [0, ROWS], transfer: undefined } }, { alpha: 1 });
    expectClose(withoutSoft.gradients, hardOnly!.gradients);
  });

  test('micro-batches add up to the whole batch', () => {
    const { step } = stepFor('plain');
    const whole = run(step, batchOf());
    const parts = ([[0, 3], [3, 4], [4, 8]] as const).map((range) => run(step, batchOf(range)));
    expectClose(whole.gradients.map((_, i) => parts.reduce((sum, part) => sum + part.gradients[i]!, 0)), whole.gradients);
    const joined = joinStats(parts.map(({ stats }) => stats));
    for (const name of ['loss', 'hard', 'soft', 'correct', 'term/parity']) expect(joined[name]).toBeCloseTo(whole.stats[name]!, 4);
  });

  test('balanced batches take labels from their first rows and teachers from the rest', () => {
    const { step } = stepFor('plain');
    const joined = run(step, batchOf([0, 8], true), { 'count/hard/digit': 4, 'count/digit': 4, 'count/parity': 4 });
    const hard = run(step, { ...batchOf([0, 4]), layout: { rows: 4, labelled: [0, 4], transfer: undefined } }, { 'count/hard/digit': 4 });
    const soft = run(step, { ...batchOf([4, 8]), layout: { rows: 4, labelled: undefined, transfer: [0, 4] } }, { 'count/digit': 4, 'count/parity': 4 });
    expectClose(joined.gradients, hard.gradients.map((slope, i) => slope + soft.gradients[i]!));
  });

  test('a loss may be NaN for samples that it does not cover', () => {
    const loss: Loss = {
      role: 'soft', needs: { labels: true },
      compute: ({ student, labels: known }) => tf.where(tf.less(known as tf.Tensor1D, 0), Number.NaN, tf.sum(tf.square(student), -1)) as tf.Tensor1D,
    };
    const { step } = stepFor('plain', { loss });
    const { gradients, stats } = run(step, batchOf(), { 'count/digit': 6, 'count/parity': 6 });
    expect([stats['term/digit']!, ...gradients].every(Number.isFinite)).toBe(true);
  });

  test('a loss that averages by itself is refused', () => {
    const loss: Loss = { role: 'soft', compute: ({ student }) => tf.mean(student) as unknown as tf.Tensor1D };
    const { step } = stepFor('plain', { loss });
    expect(() => run(step, batchOf())).toThrow(expect.objectContaining({ code: 'KD_LOSS_SHAPE' }));
  });
});

describe('how the two sides are weighed', () => {
  test('gradients of both sides, their norms and cosine, on request', () => {
    const { step } = stepFor('plain', { alpha: { ...constant, needs: { gradients: true } } });
    const plain = run(stepFor('plain').step, batchOf());
    const { gradients, stats } = run(step, batchOf());
    expectClose(gradients, plain.gradients);
    const { gradients: hard } = run(step, batchOf(), { alpha: 1 });
    const { gradients: soft } = run(step, batchOf(), { alpha: 0 });
    const dot = (a: number[], b: number[]): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
    expectClose([stats['norm/hard']!, stats['norm/soft']!], [Math.hypot(...hard), Math.hypot(...soft)]);
    expect(stats['cosine']).toBeCloseTo(dot(hard, soft) / Math.hypot(...hard) / Math.hypot(...soft), 4);
    expect(stats['loss']).toBeCloseTo(plain.stats['loss']!, 4);
  });

  test('one α a sample', () => {
    const perSample = ({ labels: known }: { labels: tf.Tensor1D }): tf.Tensor1D => tf.cast(tf.greaterEqual(known, 2), 'float32') as tf.Tensor1D;
    const { step } = stepFor('plain', { alpha: { ...constant, perSample } });
    const { stats } = run(step, batchOf());
    const rows = labels.map((_, row) => run(stepFor('plain').step, batchOf([row, row + 1])).stats);
    const expected = labels.reduce((sum, label, row) => sum + (label >= 2 ? rows[row]!['hard']! : rows[row]!['soft']!), 0);
    expect(stats['loss']).toBeCloseTo(expected, 4);
    expect(stats['alpha']).toBeCloseTo(3 / 8, 5);
  });

  test('weights that learn are trained', () => {
    const learned: AlphaScheduler['learned'] = {
      initial: { s: [0, 0.5] },
      weigh: ({ hard, soft }, { s }) => {
        const [a, b] = tf.unstack(tf.exp(tf.neg(s!)) as tf.Tensor1D) as [tf.Scalar, tf.Scalar];
        return { total: tf.add(tf.add(tf.mul(a, hard), tf.mul(b, soft)), tf.sum(s!)) as tf.Scalar, alpha: tf.div(a, tf.add(a, b)) };
      },
    };
    const { step } = stepFor('plain', { alpha: { ...constant, learned } });
    const { state, trainable } = step.initial();
    expect(trainable).toContain('alpha/s');
    const { gradients, stats } = step.differentiate(state, batchOf(), knobsOf(), at(0));
    const seen = readStats(step.stats, stats.dataSync());
    expectClose(gradients['alpha/s']!.dataSync(), [1 - seen['hard']!, 1 - Math.exp(-0.5) * seen['soft']!]);
    expect(seen['alpha']).toBeCloseTo(1 / (1 + Math.exp(-0.5)), 5);
  });
});

describe('aggregators that look at the student', () => {
  test('see the gradient of the loss against each teacher', () => {
    const seen: Record<number, number[][]> = {};
    const aggregator: Aggregator = {
      needs: { student: 'gradients' },
      aggregate({ signals, student, gradientOf }) {
        seen[signals.length] = signals.map((_, k) => [...gradientOf!(k).dataSync()]).concat([[...student!.dataSync()]]);
        return (mean.create({ of: 'probabilities' }, {}) as Aggregator).aggregate({ signals } as never, undefined);
      },
    };
    const { step, model } = stepFor('plain', { aggregator });
    const { gradients } = run(step, batchOf());
    expectClose(gradients, run(stepFor('plain').step, batchOf()).gradients);
    const { 'inputs/x': x, 'signals/one/logits': teacher } = batchOf().tensors;
    const student = model.apply(x!) as Tensor2D;
    expectClose(seen[2]![2]!, student.dataSync() as Float32Array);
    const expected = tf.mul(tf.sub(tf.softmax(tf.div(student, 4)), tf.softmax(tf.div(teacher!, 4))), 4);
    expectClose(seen[2]![0]!, expected.dataSync() as Float32Array);
  });
});

describe('losses with a state of their own', () => {
  /** KL at a learned temperature, counting the steps that it saw. */
  const learning: Loss = {
    role: 'soft',
    state: () => ({ temperature: { shape: [], trainable: true, initial: 3 }, seen: { shape: [1], trainable: false, initial: 'zeros' } }),
    knobs: () => ({ scale: 1 }),
    compute: ({ student, target }, { state, knobs, rows }) => {
      const T = state['temperature'] as tf.Scalar;
      const gap = tf.sub(target.logProbabilities(T), tf.logSoftmax(tf.div(student, T) as Tensor2D));
      return { perSample: tf.mul(tf.sum(tf.mul(target.probabilities(T), gap), -1), knobs['scale']!) as tf.Tensor1D, updates: { seen: tf.add(state['seen']!, rows.shape[0]!) } };
    },
  };
  const knobs = { 'loss/digit/scale': 1, 'loss/parity/scale': 2 };
  const late: Aggregator = { ...(mean.create({ of: 'probabilities' }, {}) as Aggregator), needs: { student: 'gradients' } };

  test.each([['before', {}], ['after', { aggregator: late }]])('learn and change, with a target made %s the student answers', (_, changes) => {
    const { step } = stepFor('plain', { loss: learning, ...changes });
    const { state, trainable } = step.initial();
    expect(trainable).toEqual(expect.arrayContaining(['loss/digit/temperature', 'loss/parity/temperature']));
    const { gradients, updates } = step.differentiate(state, batchOf(), knobsOf(knobs), at(0));
    expectClose(updates['loss/parity/seen']!.dataSync(), [ROWS]);
    const lossAt = (temperature: number): number => {
      const moved = { ...state, 'loss/parity/temperature': tf.scalar(temperature) };
      return readStats(step.stats, step.differentiate(moved, batchOf(), knobsOf(knobs), at(0)).stats.dataSync())['loss']!;
    };
    const slope = (lossAt(3.05) - lossAt(2.95)) / 0.1;
    expect(Math.abs(slope)).toBeGreaterThan(1e-3);
    expect(gradients['loss/parity/temperature']!.dataSync()[0]! / slope).toBeCloseTo(1, 1);
  });
});

describe('layers with a state of their own', () => {
  test('batch norm moves its averages as an update and leaves the model alone until it is assigned', () => {
    const { step, model, student } = stepFor('normalised');
    const before = flat(student.values());
    const { state } = step.initial();
    const { gradients, updates } = step.differentiate(state, batchOf(), knobsOf(), at(0));
    const moving = Object.keys(updates);
    expect(moving.map((name) => name.replace(/\d+/, 'n')).sort()).toEqual(['student/n.moving_mean', 'student/n.moving_variance']);
    const batchMean = tf.mean(model.layers[0]!.apply(batchOf().tensors['inputs/x']!) as tf.Tensor, 0);
    expectClose(updates[moving.find((name) => name.endsWith('mean'))!]!.dataSync(), [...batchMean.dataSync()].map((x) => 0.01 * x));
    expect(flat(student.values())).toEqual(before);

    const next = step.apply(state, gradients, updates, knobsOf());
    expect(flat(student.values())).toEqual(before);
    student.assign(Object.fromEntries(Object.entries(next).map(([name, tensor]) => [name.replace('student/', ''), tensor])));
    expect(flat(withPrefix('student', student.values()))).toEqual(flat(next));
    expect(flat(next)).not.toEqual(before);
  });

  test('dropout draws from the step: the same key gives the same mask, another step another one', () => {
    const { step } = stepFor('dropping');
    const [first, again, later] = [at(0), at(0), at(1)].map((source) => run(step, batchOf(), {}, source));
    expect(again!.gradients).toEqual(first!.gradients);
    expect(later!.gradients).not.toEqual(first!.gradients);
    const compared = run(stepFor('dropping', { alpha: { ...constant, needs: { gradients: true } } }).step, batchOf());
    expectClose(compared.gradients, first!.gradients);
  });
});

describe('apply', () => {
  test('moves the weights against the gradient, clipped by its norm', () => {
    const { step } = stepFor('plain', {}, { clipNorm: 0.01 });
    const { state } = step.initial();
    const before = flat(state);
    const { gradients } = step.differentiate(state, batchOf(), knobsOf(), at(0));
    const slopes = flat(gradients);
    const next = step.apply(state, gradients, {}, knobsOf());
    const factor = 0.01 / (Math.hypot(...slopes) + 1e-6);
    expectClose(flat(next), before.map((weight, i) => weight - 0.1 * factor * slopes[i]!));
  });

  test.each([sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.1 }), adam({ weightDecay: 0.1 }), adamw()])('weights that $name updates together become what they become alone', (optimizer) => {
    const sizes: number[] = [];
    const counted: Optimizer = { ...optimizer, update: (input) => (sizes.push(input.weight.size), optimizer.update(input)) };
    const after = [counted, { ...optimizer, elementwise: false }].map((one) => {
      const { step } = stepFor('normalised', {}, { optimizer: one });
      let { state } = step.initial();
      const names = Object.keys(state);
      const shapes = Object.values(state).map(({ shape }) => [...shape]);
      for (let i = 0; i < 3; i++) {
        const knobs = knobsOf(Object.fromEntries(Object.entries(optimizer.knobs?.(i + 1) ?? {}).map(([name, value]) => [`optimizer/${name}`, value])));
        const { gradients, updates } = step.differentiate(state, batchOf(), knobs, at(i));
        state = step.apply(state, gradients, updates, knobs);
      }
      expect(Object.keys(state)).toEqual(names);
      expect(Object.values(state).map(({ shape }) => shape)).toEqual(shapes);
      return flat(state);
    });
    expect(after[0]).toEqual(after[1]);
    expect(sizes).toEqual([64, 64, 64]);
  });

  test('training lowers the loss', () => {
    const { step } = stepFor('normalised', {}, { optimizer: adam() });
    const batch = batchOf();
    let { state } = step.initial();
    const losses: number[] = [];
    for (let i = 0; i < 30; i++) {
      const knobs = knobsOf({ learningRate: 0.02, ...Object.fromEntries(Object.entries(adam().knobs!(i + 1)).map(([name, value]) => [`optimizer/${name}`, value])) });
      const { gradients, updates, stats } = step.differentiate(state, batch, knobs, at(i));
      losses.push(stats.dataSync()[0]!);
      state = step.apply(state, gradients, updates, knobs);
    }
    expect(losses.at(-1)!).toBeLessThan(0.7 * losses[0]!);
  });
});

describe('memory', () => {
  test.each([
    ['plain', {}],
    ['normalised', {}],
    ['dropping', {}],
    ['normalised', { alpha: { ...constant, needs: { gradients: true } } }],
    ['plain', { aggregator: { ...(mean.create({ of: 'probabilities' }, {}) as Aggregator), needs: { student: 'gradients' } } }],
  ] as const)('nothing is left behind: %s %j', (kind, changes) => {
    const { step } = stepFor(kind, changes);
    let { state } = step.initial();
    const take = (i: number): number => {
      const batch = batchOf();
      const knobs = knobsOf();
      const { gradients, updates, stats } = step.differentiate(state, batch, knobs, at(i));
      state = step.apply(state, gradients, updates, knobs);
      stats.dispose();
      disposeAll(knobs);
      disposeAll(batch.tensors);
      return tf.memory().numTensors;
    };
    const first = take(0);
    expect(take(1)).toBe(first);
    expect(take(2)).toBe(first);
    const held = Object.keys(state).length;
    disposeAll(state);
    expect(tf.memory().numTensors).toBe(first - held);
  });
});
