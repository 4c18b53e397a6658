import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { createStep, disposeAll, eagerRandom, fromLayersModel, granularityOf, klDivergence, Random, readStats, resolveLabelSpaces, startWasm, viewOf, type Aggregator, type Batch, type NamedTensors, type Objective, type Optimizer, type TermTeacher } from '@kd/core';
import { beforeAll, expect, test } from 'vitest';
import { aeKd, caMkd, entropy, lift, uhc } from '../src/index.ts';

beforeAll(async () => {
  await startWasm();
});

const ROWS = 4;
const plainDescent: Optimizer = { name: 'descent', slots: [], update: ({ weight, gradient, knobs }) => ({ weight: tf.sub(weight, tf.mul(gradient, knobs['learningRate']!)), slots: {} }) };
const spaces = resolveLabelSpaces({ digit: ['a', 'b', 'c'], left: { of: 'digit', only: ['a', 'b'] }, right: { of: 'digit', only: ['b', 'c'] } });
const digit = spaces.get('digit')!;

function noise(shape: number[], purpose: string): Tensor {
  const values = new Float32Array(shape.reduce((size, length) => size * length, 1));
  return tf.tensor(new Random(5).stream(purpose).fillNormal(values), shape);
}

test.each([
  ['ae-kd', aeKd.create({ cap: 0.6 }, {}), ['digit', 'digit']],
  ['ca-mkd', caMkd.create({}, {}), ['digit', 'digit']],
  ['entropy', entropy.create({}, {}), ['digit', 'digit']],
  ['uhc', uhc.create({ iterations: 20 }, {}), ['left', 'right']],
  ['lift', lift.create({ within: 'student' }, {}), ['left', 'digit']],
] as const)('%s trains a student and leaves nothing behind', (name, aggregator: Aggregator, speaks) => {
  const model = sequential({ name: `student-${name}` });
  model.add(layers.dense({ units: 3, inputShape: [2], name: `logits-${name}` }));
  model.setWeights(model.getWeights().map((weight, i) => noise(weight.shape, `weight-${i}`)));
  const head = { space: digit, output: `logits-${name}` };
  const teachers = speaks.map((space, k): TermTeacher => ({ id: `t${k}`, view: space === 'digit' ? undefined : viewOf(digit, spaces.get(space)!) }));
  const objective: Objective = {
    heads: [head], hard: [],
    soft: [{ name: 'digit', granularity: granularityOf(digit, [digit], 'all'), head, teachers, aggregator, prepared: undefined, loss: klDivergence.create({ temperature: 2 }, {}), weight: 1 }],
    alpha: { label: '0', init: () => null, value: () => ({ alpha: 0 }) },
  };
  const student = fromLayersModel(model);
  const random = new Random(2);
  const step = createStep({ student, objective, optimizer: plainDescent, random, samples: ROWS });
  let { state } = step.initial();
  const seen: Record<string, number>[] = [];
  const tensors: number[] = [];
  for (let i = 0; i < 8; i++) {
    const batch: Batch = {
      layout: { rows: ROWS, labelled: undefined, transfer: [0, ROWS] },
      tensors: {
        [`inputs/${student.inputs[0]!.name}`]: noise([ROWS, 2], 'x'),
        'labels/digit': tf.tensor1d([0, 1, 2, -1], 'int32'),
        rows: tf.range(0, ROWS, 1, 'int32'),
        ...Object.fromEntries(speaks.map((space, k) => [`signals/t${k}/logits`, noise([ROWS, spaces.get(space)!.classes.length], `teacher-${k}`)])),
      },
    };
    const knobs: NamedTensors = Object.fromEntries(Object.entries({ alpha: 0, learningRate: 0.1, 'count/digit': ROWS, 'trust/digit': 1 }).map(([knob, value]) => [knob, tf.scalar(value)]));
    const { gradients, updates, stats } = step.differentiate(state, batch, knobs, () => eagerRandom(random, i));
    seen.push(readStats(step.stats, stats.dataSync()));
    state = step.apply(state, gradients, updates, knobs);
    stats.dispose();
    disposeAll(knobs);
    disposeAll(batch.tensors);
    tensors.push(tf.memory().numTensors);
  }
  disposeAll(state);
  expect(seen.at(-1)!['soft']!).toBeLessThan(seen[0]!['soft']!);
  if (name !== 'uhc') for (const stats of seen) expect(stats['weight/digit/0']! + stats['weight/digit/1']!).toBeCloseTo(1, 4);
  expect(new Set(tensors).size).toBe(1);
});
