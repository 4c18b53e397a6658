import {
  createStep, crossEntropy, disposeAll, eagerRandom, fromLayersModel, granularityOf, klDivergence, Random, readStats, resolveLabelSpaces, targetOf,
  type AlphaScheduler, type Batch, type BatchLayout, type NamedTensors, type Objective, type Optimizer, type Step,
} from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';

const LABELS: readonly number[] = [0, 1, 2, 0, -1, 2];
const INPUTS = [[1, 0], [0, 1], [-1, -1], [0.5, -0.5], [-0.25, 1], [0.75, 0.25]];
/** Right on rows 0, 2 and 5, wrong on 1 and 3; row 4 has no label. */
const TEACHER = [[3, 0, 0], [2, 1, 0], [0, 0, 4], [0, 2, 1], [0, 3, 0], [0, 1, 2]];

/** The teacher's classes: the head's own, or the same in reverse order. */
export type Speaks = 'digit' | 'backwards';

const spaces = resolveLabelSpaces({ digit: ['a', 'b', 'c'], backwards: { of: 'digit', groups: { C: ['c'], B: ['b'], A: ['a'] } } });

const descent: Optimizer = {
  name: 'descent',
  slots: [],
  update: ({ weight, gradient, knobs }) => ({ weight: tf.sub(weight, tf.mul(gradient, knobs['learningRate']!)), slots: {} }),
};

/** A step of a small student with one label term and one teacher; the same weights each time. */
export function stepOf(alpha: AlphaScheduler, speaks: Speaks = 'digit'): Step {
  const pixels = input({ shape: [2], name: 'pixels' });
  const hidden = layers.dense({ units: 4, activation: 'tanh' }).apply(pixels) as SymbolicTensor;
  const student = model({ inputs: pixels, outputs: layers.dense({ units: 3, name: 'logits' }).apply(hidden) as SymbolicTensor });
  student.setWeights(student.getWeights().map(({ size, shape }, k) => tf.tensor(Float32Array.from({ length: size }, (_, i) => Math.sin(1 + i + 7 * k)), shape)));
  const digit = spaces.get('digit')!;
  const head = { space: digit, output: 'logits' };
  const objective: Objective = {
    heads: [head],
    hard: [{ name: 'digit', granularity: granularityOf(digit, [digit], 'labels'), head, loss: crossEntropy.create({ labelSmoothing: 0 }, {}), weight: 1 }],
    soft: [{
      name: 'soft', granularity: granularityOf(spaces.get(speaks)!, [digit], 'big'), head, teachers: [{ id: 'big' }], prepared: undefined, weight: 1,
      aggregator: { aggregate: ({ signals }) => ({ target: targetOf(signals[0]!.logits) }) },
      loss: klDivergence.create({ temperature: 2 }, {}),
    }],
    alpha,
  };
  return createStep({ student: fromLayersModel(student), objective, optimizer: descent, random: new Random(3), samples: LABELS.length });
}

function batchOf(rows: readonly number[], layout: BatchLayout, speaks: Speaks): Batch {
  const tensors: NamedTensors = {
    'inputs/pixels': tf.tensor2d(rows.map((row) => INPUTS[row]!)),
    'labels/digit': tf.tensor1d(rows.map((row) => LABELS[row]!), 'int32'),
    rows: tf.tensor1d([...rows], 'int32'),
  };
  const { transfer } = layout;
  if (transfer) tensors['signals/big/logits'] = tf.tensor2d(rows.slice(...transfer).map((row) => (speaks === 'digit' ? TEACHER[row]! : TEACHER[row]!.toReversed())));
  return { layout, tensors };
}

/** Rows 0 to 3 with labels, then rows 2 to 5 with the teacher. */
export function balanced(): Batch {
  return batchOf([0, 1, 2, 3, 2, 3, 4, 5], { rows: 8, labelled: [0, 4], transfer: [4, 8] }, 'digit');
}

/** The halves of {@link balanced} by themselves. */
export function labelledHalf(): Batch {
  return batchOf([0, 1, 2, 3], { rows: 4, labelled: [0, 4], transfer: undefined }, 'digit');
}
export function transferHalf(): Batch {
  return batchOf([2, 3, 4, 5], { rows: 4, labelled: undefined, transfer: [0, 4] }, 'digit');
}

/** All six rows, each with whatever label it has, and the teacher. */
export function joint(speaks: Speaks = 'digit'): Batch {
  return batchOf([0, 1, 2, 3, 4, 5], { rows: 6, labelled: [0, 6], transfer: [0, 6] }, speaks);
}

export function knobsOf(alpha: number, { digit = 4, soft = 4, learningRate = 0.1 } = {}): NamedTensors {
  const numbers = { alpha, 'count/digit': digit, 'count/soft': soft, 'trust/soft': 1, learningRate };
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, tf.scalar(value)]));
}

export interface Seen {
  readonly stats: Readonly<Record<string, number>>;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

/** Differentiates once and reads everything. */
export function see(step: Step, state: Readonly<NamedTensors>, batch: Batch, knobs: Readonly<NamedTensors>): Seen {
  const { stats, gradients, updates } = step.differentiate(state, batch, knobs, () => eagerRandom(new Random(5), 0));
  const seen = { stats: readStats(step.stats, stats.dataSync()), gradients: Object.fromEntries(Object.entries(gradients).map(([name, value]) => [name, [...value.dataSync()]])) };
  for (const one of [{ stats }, gradients, updates]) disposeAll(one);
  return seen;
}

/** The same from a fresh state. */
export function seeFresh(alpha: AlphaScheduler, batch: Batch, knobs: Readonly<NamedTensors>, speaks: Speaks = 'digit'): Seen {
  const step = stepOf(alpha, speaks);
  return see(step, step.initial().state, batch, knobs);
}
