import { disposeAll, type NamedTensors, type Optimizer } from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expectNoLeak } from '../no-leak.ts';
import { allFinite, distance, normals, read, show } from '../numbers.ts';
import { attempt, type Fail } from '../fail.ts';
import { subjectOf, type StrategyOf, type SubjectOptions } from '../subject.ts';

export interface CheckOptimizerOptions extends SubjectOptions {
  /** A learning rate at which it should make progress on `½|w|²`; default 0.05. */
  readonly learningRate?: number;
}

const SHAPES: readonly (readonly number[])[] = [[], [3], [2, 3]];
const STEPS = 100;

/**
 * Holds an optimizer to its contract: pure, with all that it remembers in its slots; shapes are kept; a learning rate of 0
 * moves nothing; a bowl is descended; finite where gradients are 0; `elementwise` where it says so; no tensor left behind.
 *
 * @param given a strategy, or an optimizer
 * @throws `KD_CONFORMANCE` with the first rule that is broken
 */
export async function checkOptimizer(given: StrategyOf<'optimizer'> | Optimizer, options: CheckOptimizerOptions = {}): Promise<void> {
  const { made: optimizer, fail, again } = subjectOf('optimizer', given, options);
  const { learningRate = 0.05 } = options;
  expectKnobs(optimizer, fail);
  for (const shape of SHAPES) {
    const start = normals('weight', shape);
    const slope = normals('gradient', shape);
    const flat = tf.zeros(shape as number[]);
    const run = async (with_: Optimizer, rate: number, gradientAt: (weight: Tensor) => Tensor, steps: number): Promise<Float32Array> => trained(with_, start, rate, gradientAt, steps, fail);
    const fixed = (): Tensor => slope;
    const three = await run(optimizer, learningRate, fixed, 3);
    const repeated = await run(optimizer, learningRate, fixed, 3);
    if (distance(three, repeated) > 0) fail('the same steps give the same weights; what is remembered is in the slots', `${show(three)} became ${show(repeated)}`);
    const other = await run(again(), learningRate, fixed, 3);
    if (distance(three, other) > 0) fail('two of the same optimizer share nothing', `${show(three)} became ${show(other)}`);
    const from = Float32Array.from(await start.data());
    const still = await run(optimizer, 0, fixed, 3);
    if (distance(from, still) > 0) fail('a learning rate of 0 moves nothing', `${show(from)} became ${show(still)}`);
    if (!allFinite(await run(optimizer, learningRate, () => flat, 3))) fail('weights stay finite where gradients are 0', 'they do not');
    const bottom = await run(optimizer, learningRate, (weight) => weight, STEPS);
    const norm = (values: Float32Array): number => Math.hypot(...values);
    if (!(norm(bottom) < 0.9 * norm(from))) fail(`${STEPS} steps at ${learningRate} come down the bowl ½|w|²`, `|w| went from ${norm(from).toPrecision(4)} to ${norm(bottom).toPrecision(4)}`);
    tf.dispose([start, slope, flat]);
  }
  if (optimizer.elementwise) await expectElementwise(optimizer, learningRate, fail);
  expectClean(optimizer, learningRate, fail);
}

/** A vector that is updated as a whole, against its elements one by one. */
async function expectElementwise(optimizer: Optimizer, learningRate: number, fail: Fail): Promise<void> {
  const [start, slope] = [normals('weight', [3]), normals('gradient', [3])];
  const run = (weight: Tensor, gradient: Tensor): Promise<Float32Array> => trained(optimizer, weight, learningRate, () => gradient, 3, fail);
  const together = await run(start, slope);
  const [weights, slopes] = [tf.unstack(start), tf.unstack(slope)];
  const alone = [];
  for (let i = 0; i < 3; i++) alone.push(...(await run(weights[i]!, slopes[i]!)));
  tf.dispose([start, slope, weights, slopes]);
  if (distance(together, Float32Array.from(alone)) > 1e-6) fail('an `elementwise` optimizer moves each element by itself', `together they became ${show(together)}, alone ${show(Float32Array.from(alone))}`);
}

function expectKnobs(optimizer: Optimizer, fail: Fail): void {
  for (const step of [1, 2, 1000, 1_000_000]) {
    for (const [name, value] of Object.entries(attempt(fail, 'knobs can be computed', () => optimizer.knobs?.(step) ?? {}))) {
      if (!Number.isFinite(value)) fail('knobs are finite', `${name} is ${value} at step ${step}`);
      if (name === 'learningRate') fail('the learning rate is the run’s own knob', 'the optimizer names it, too');
    }
  }
}

/** The weights after some steps. */
async function trained(optimizer: Optimizer, start: Tensor, learningRate: number, gradientAt: (weight: Tensor) => Tensor, steps: number, fail: Fail): Promise<Float32Array> {
  let weight = tf.clone(start);
  let slots = firstSlots(optimizer, weight, fail);
  for (let step = 1; step <= steps; step++) {
    const knobs = knobsAt(optimizer, step, learningRate);
    const gradient = tf.tidy(() => tf.clone(gradientAt(weight)));
    const next = update(optimizer, weight, gradient, slots, knobs, fail);
    tf.dispose([weight, gradient, slots, knobs]);
    ({ weight, slots } = next);
  }
  disposeAll(slots);
  return read(weight);
}

function knobsAt(optimizer: Optimizer, step: number, learningRate: number): NamedTensors {
  return Object.fromEntries(Object.entries({ ...optimizer.knobs?.(step), learningRate }).map(([name, value]) => [name, tf.scalar(value)]));
}

function firstSlots(optimizer: Optimizer, weight: Tensor, fail: Fail): NamedTensors {
  return Object.fromEntries(optimizer.slots.map((slot) => {
    const made = optimizer.initialSlot?.(slot, weight) ?? tf.zerosLike(weight);
    if (!(made instanceof tf.Tensor)) fail('a first slot is a tensor', `'${slot}' is none`);
    return [slot, made];
  }));
}

function update(optimizer: Optimizer, weight: Tensor, gradient: Tensor, slots: NamedTensors, knobs: NamedTensors, fail: Fail): { weight: Tensor; slots: NamedTensors } {
  return tf.tidy(() => {
    const next = attempt(fail, 'an optimizer can update a weight', () => optimizer.update({ name: 'weight', weight, gradient, slots, knobs }));
    for (const [name, tensor] of Object.entries({ weight, gradient, ...slots, ...knobs })) if (tensor.isDisposed) fail('an optimizer leaves its inputs alone', `it disposed '${name}'`);
    expectShape('the weight', weight, next.weight, fail);
    for (const slot of optimizer.slots) expectShape(`slot '${slot}'`, slots[slot]!, next.slots[slot], fail);
    const undeclared = Object.keys(next.slots).find((slot) => !optimizer.slots.includes(slot));
    if (undeclared !== undefined) fail('every slot is declared in `slots`', `it gives '${undeclared}'`);
    // What is returned unchanged must not be disposed with its input.
    return { weight: tf.clone(next.weight), slots: Object.fromEntries(optimizer.slots.map((slot) => [slot, tf.clone(next.slots[slot]!)])) };
  });
}

function expectShape(what: string, before: Tensor, after: Tensor | undefined, fail: Fail): void {
  if (!after) fail(`an update gives ${what}`, 'it is missing');
  else if (String(after.shape) !== String(before.shape)) fail(`${what} keeps its shape [${before.shape.join(', ')}]`, `it became [${after.shape.join(', ')}]`);
}

function expectClean(optimizer: Optimizer, learningRate: number, fail: Fail): void {
  const weight = normals('weight', [2, 3]);
  const gradient = normals('gradient', [2, 3]);
  const slots = firstSlots(optimizer, weight, fail);
  const knobs = knobsAt(optimizer, 1, learningRate);
  expectNoLeak(fail, () => {
    tf.tidy(() => {
      optimizer.update({ name: 'weight', weight, gradient, slots, knobs });
    });
  });
  tf.dispose([weight, gradient, slots, knobs]);
}
