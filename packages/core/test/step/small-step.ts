import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { mean } from '../../src/built-in/aggregation/mean.ts';
import { crossEntropy } from '../../src/built-in/losses/cross-entropy.ts';
import { klDivergence } from '../../src/built-in/losses/kl-divergence.ts';
import { granularityOf } from '../../src/labels/granularity.ts';
import { resolveLabelSpaces } from '../../src/labels/resolve-label-spaces.ts';
import { fromLayersModel } from '../../src/model/layers-model.ts';
import type { Aggregator } from '../../src/objective/aggregation.ts';
import type { AlphaScheduler } from '../../src/objective/alpha.ts';
import type { Loss } from '../../src/objective/loss.ts';
import type { Objective } from '../../src/objective/objective.ts';
import type { Batch, RowRange } from '../../src/step/batch.ts';
import { sgd } from '../../src/step/optimizers/sgd.ts';
import { readStats } from '../../src/step/stats.ts';
import { createStep, type Step, type StepOptions } from '../../src/step/step.ts';
import { type NamedTensors } from '../../src/tensor/named-tensors.ts';
import { eagerRandom, Random } from '../../src/tensor/random.ts';

const spaces = resolveLabelSpaces({
  digit: ['a', 'b', 'c', 'd'],
  parity: { of: 'digit', groups: { even: ['a', 'c'], odd: ['b', 'd'] } },
});
const digit = spaces.get('digit')!;
const parity = spaces.get('parity')!;
const random = new Random(7);
export const at = (step: number) => () => eagerRandom(random, step);

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

export const constant: AlphaScheduler = { label: 'constant', init: () => null, value: () => ({ alpha: 0.3 }) };

export function objectiveOf(output: string, changes: Partial<Objective> & { loss?: Loss; aggregator?: Aggregator } = {}): Objective {
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

export const ROWS = 8;
export const labels = [0, 1, 2, 3, -1, 2, -1, 0];

/** A one-part batch of the given rows, or a balanced one whose first half carries labels and whose rest carries teachers. */
export function batchOf([start, end]: RowRange = [0, ROWS], balanced = false): Batch {
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

export function knobsOf(numbers: Record<string, number> = {}): NamedTensors {
  const all = { alpha: 0.3, learningRate: 0.1, 'count/hard/digit': 6, 'count/digit': ROWS, 'count/parity': ROWS, 'trust/digit': 1, 'trust/parity': 0.5, ...numbers };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, tf.scalar(value)]));
}

export function stepFor(kind: 'plain' | 'normalised' | 'dropping', changes: Parameters<typeof objectiveOf>[1] = {}, options: Partial<StepOptions> = {}): { step: Step; model: LayersModel; student: ReturnType<typeof fromLayersModel> } {
  const model = network(kind);
  const named = fromLayersModel(model);
  // The batch calls the input 'x'.
  const student = { ...named, inputs: [{ ...named.inputs[0]!, name: 'x' }], call: (inputs: Readonly<NamedTensors>, ...rest: [any, any]) => named.call({ [named.inputs[0]!.name]: inputs['x']! }, ...rest) };
  const step = createStep({ student, objective: objectiveOf(`${kind}-logits`, changes), optimizer: sgd(), random, samples: ROWS, ...options });
  return { step, model, student };
}

export const flat = (named: Readonly<NamedTensors>): number[] => Object.keys(named).sort().flatMap((name) => [...named[name]!.dataSync()]);

export function run(step: Step, batch: Batch, numbers: Record<string, number> = {}, at_ = at(0)): { gradients: number[]; stats: Record<string, number>; updates: NamedTensors } {
  const { state } = step.initial();
  const { gradients, stats, updates } = step.differentiate(state, batch, knobsOf(numbers), at_);
  return { gradients: flat(gradients), stats: readStats(step.stats, stats.dataSync()), updates };
}
