import { computeBySlope, disposeAll, eagerRandom, Random, type Loss, type LossOutput, type NamedTensors, type RandomSource } from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import { finiteDifferences } from '../finite-differences.ts';
import { expectNoLeak } from '../no-leak.ts';
import { allFinite, distance, largest, show } from '../numbers.ts';
import type { Fail } from '../fail.ts';
import { compute, gradientsOf, replaceIn, sumOf, trainableOf, valuesOf } from './compute.ts';
import { BATCH, pick, withoutLabels, type LossCase } from './loss-case.ts';

/** Elements of one tensor whose gradient is compared. */
const MOST_DIFFERENCES = 32;
const STEP = 0.01;

/** What the rules know of the loss under check. */
export interface LossUnderCheck {
  readonly loss: Loss;
  readonly fail: Fail;
  readonly ordinary: LossCase;
  readonly tolerance: number;
}

/** One value a sample, and updates of state that it declares. */
export function returnsOneValueASample({ loss, fail, ordinary }: LossUnderCheck): void {
  tf.tidy(() => {
    const output = compute(loss, ordinary, fail);
    const perSample = isTensor(output) ? output : (output as { perSample?: unknown } | undefined)?.perSample;
    const rule = `a loss returns one value per sample, shape [${BATCH}]`;
    if (!isTensor(perSample)) return fail(rule, `it returned ${perSample instanceof Promise || (output as unknown) instanceof Promise ? 'a promise' : typeof output}`);
    if (perSample.rank !== 1 || perSample.shape[0] !== BATCH) return fail(rule, `it returned shape [${perSample.shape.join(', ')}]`);
    for (const [name, update] of Object.entries(updatesOf(output))) {
      const entry = ordinary.state[name];
      if (!entry || ordinary.trainable.includes(name)) return fail('updates are for declared state that is not trainable', `it updates '${name}'`);
      if (String(update.shape) !== String(entry.shape)) return fail(`an update keeps the shape of its state [${entry.shape.join(', ')}]`, `'${name}' gets [${update.shape.join(', ')}]`);
    }
  });
}

function isTensor(value: unknown): value is tf.Tensor {
  return value instanceof tf.Tensor;
}

function updatesOf(output: LossOutput): Readonly<NamedTensors> {
  return 'updates' in output ? output.updates : {};
}

/** The same inputs give the same values and are left as they were. */
export async function isPure({ loss, fail, ordinary }: LossUnderCheck): Promise<void> {
  const inputs = { ...ordinary.batch, ...ordinary.state, ...ordinary.knobs };
  const before = await Promise.all(Object.values(inputs).map((tensor) => tensor.data()));
  const first = await valuesOf(loss, ordinary, fail);
  for (const [i, [name, tensor]] of Object.entries(inputs).entries()) {
    if (distance(before[i]!, await tensor.data()) > 0) return fail('a loss leaves its inputs alone', `it changed '${name}'`);
  }
  const second = await valuesOf(loss, ordinary, fail);
  if (distance(first, second) > 0) fail('the same inputs give the same values; random numbers come from `context.random`', `${show(first)} became ${show(second)}`);
}

/** No NaN and no infinity, in values or gradients. */
export async function isFinite({ loss, fail }: LossUnderCheck, given: LossCase, what: string): Promise<void> {
  const values = await valuesOf(loss, given, fail);
  if (!allFinite(values)) return fail(`values are finite for ${what}`, `they are ${show(values)}`);
  const gradients = await gradientsOf(loss, given, fail, trainableOf(loss, given));
  for (const [name, gradient] of Object.entries(gradients)) if (!allFinite(gradient)) return fail(`gradients are finite for ${what}`, `that of '${name}' is ${show(gradient)}`);
}

/** `valueAndSlope`, where a loss has it, says the same as `compute`. */
export async function slopeFits({ loss, fail, ordinary }: LossUnderCheck): Promise<void> {
  if (!loss.valueAndSlope) return;
  const wanted = trainableOf(loss, ordinary);
  if (Object.keys(wanted).join() !== 'student') return fail('a loss with `valueAndSlope` learns by the student’s logits alone', `it also learns by ${Object.keys(wanted).join(', ')}`);
  const bySlope: Loss = { ...loss, compute: computeBySlope(loss.valueAndSlope) };
  const [values, own] = [await valuesOf(loss, ordinary, fail), await valuesOf(bySlope, ordinary, fail)];
  if (distance(values, own) > 1e-5 * (1 + largest(values))) return fail('`valueAndSlope` gives the values of `compute`', `they are ${show(own)} in place of ${show(values)}`);
  const [{ student = [] }, { student: slope = [] }] = [await gradientsOf(loss, ordinary, fail, wanted), await gradientsOf(bySlope, ordinary, fail, wanted)];
  if (distance(student, slope) > 1e-5 * (1 + largest(student))) fail('`valueAndSlope` gives the gradient of `compute`', `it is ${show(slope)} in place of ${show(student)}`);
}

/** The gradient is that of the values. */
export async function gradientFits({ loss, fail, ordinary, tolerance }: LossUnderCheck): Promise<void> {
  const wanted = trainableOf(loss, ordinary);
  const gradients = await gradientsOf(loss, ordinary, fail, wanted);
  // Differences of large values in float32 are that coarse.
  const grain = ((await valuesOf(loss, ordinary, fail)).reduce((sum, value) => sum + Math.abs(value), 0) * 2 ** -22) / STEP;
  for (const [name, tensor] of Object.entries(wanted)) {
    const elements = spread(tensor.size);
    const expected = await finiteDifferences((moved) => sumOf(loss, replaceIn(ordinary, { [name]: moved }), fail), tensor, { step: STEP, elements });
    const received = elements.map((element) => gradients[name]![element]!);
    const error = distance(received, expected);
    if (error > tolerance * (0.1 + largest(expected)) + grain) {
      return fail(`the gradient of '${name}' is that of the values (finite differences)`, `it is ${show(received)} in place of ${show(expected)}; if parts are constants on purpose, check with \`gradient: 'detached'\``);
    }
  }
}

/** All places of a small tensor, some of a large one. */
function spread(size: number): readonly number[] {
  const most = Math.min(size, MOST_DIFFERENCES);
  return Array.from({ length: most }, (_, i) => Math.floor((i * size) / most));
}

/** A sample's value depends on that sample alone: not on its place, and not on the others. */
export async function treatsSamplesAlone({ loss, fail, ordinary, tolerance }: LossUnderCheck): Promise<void> {
  const { random, drew } = watched();
  const values = await valuesOf(loss, ordinary, fail, random);
  // Each sample draws numbers of its own, by its place: the values of a random loss move with it.
  if (drew()) return;
  const valuesOfSome = async (rows: readonly number[]): Promise<Float32Array> => {
    const some = pick(ordinary, rows);
    const found = await valuesOf(loss, some, fail);
    disposeAll(some.batch);
    return found;
  };
  const near = tolerance * 0.01 * (0.1 + largest(values));
  const order = [2, 0, 3, 1];
  const permuted = await valuesOfSome(order);
  const moved = order.map((row) => values[row]!);
  if (distance(permuted, moved) > near) return fail('permuting the samples permutes the values', `${show(moved)} became ${show(permuted)}; a loss that joins samples declares \`joinsSamples: true\``);
  const kept = [0, 2];
  const part = await valuesOfSome(kept);
  const expected = kept.map((row) => values[row]!);
  if (distance(part, expected) > near) fail('a sample’s value does not depend on the other samples', `${show(expected)} became ${show(part)} in a smaller batch; a loss that joins samples declares \`joinsSamples: true\``);
}

function watched(): { readonly random: RandomSource; readonly drew: () => boolean } {
  const source = eagerRandom(new Random(11), 0);
  let asked = false;
  const watch = (draw: RandomSource['uniform']): RandomSource['uniform'] => (shape, purpose) => {
    asked = true;
    return draw(shape, purpose);
  };
  const watching = (from: RandomSource): RandomSource => ({ uniform: watch(from.uniform), normal: watch(from.normal), fork: () => watching(from.fork()) });
  return { random: watching(source), drew: () => asked };
}

/** Samples without a label are left out by the core; they must not spoil the gradients of the others. */
export async function bearsMissingLabels({ loss, fail, ordinary }: LossUnderCheck): Promise<void> {
  const missing = [1, 3];
  const rows = tf.tensor1d(Array.from({ length: BATCH }, (_, row) => (missing.includes(row) ? 0 : 1)));
  const given = withoutLabels(ordinary, missing);
  const gradients = await gradientsOf(loss, given, fail, trainableOf(loss, given), rows);
  tf.dispose([rows, given.batch['labels']!]);
  for (const [name, gradient] of Object.entries(gradients)) {
    if (!allFinite(gradient)) return fail('gradients are finite where some samples have no label (-1)', `that of '${name}' is ${show(gradient)}`);
  }
}

/** Nothing is kept. */
export function leaksNothing({ loss, fail, ordinary }: LossUnderCheck): void {
  const wanted = Object.values(trainableOf(loss, ordinary));
  expectNoLeak(fail, () => {
    tf.tidy(() => {
      tf.engine().gradients(() => sumOf(loss, ordinary, fail), wanted, undefined, true);
    });
  });
}
