import type { LearnedAlpha, NamedTensors } from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar } from '@tensorflow/tfjs-core';
import { expectNoLeak } from '../no-leak.ts';
import { allFinite, largest, read, show } from '../numbers.ts';
import { attempt, type Fail } from '../fail.ts';

/** Losses of the two sides, from nothing to huge. */
const SIDES: readonly (readonly [hard: number, soft: number])[] = [[1, 2], [0, 1], [1, 0], [0, 0], [1e-6, 1e4]];

/** A learned weighing: finite, α in [0, 1] and the one that its loss amounts to, gradients for what learns. */
export async function checkLearned({ initial, weigh }: LearnedAlpha, fail: Fail): Promise<void> {
  const names = Object.keys(initial);
  if (names.length === 0) fail('`learned.initial` names what learns', 'it is empty');
  for (const name of names) if (initial[name]!.length === 0 || !allFinite(initial[name]!)) fail('first values are finite numbers', `'${name}' starts with ${show(initial[name]!)}`);
  const learned: NamedTensors = Object.fromEntries(names.map((name) => [name, tf.tensor1d([...initial[name]!])]));
  let moved = 0;
  for (const [hard, soft] of SIDES) {
    const seen = await weighed(weigh, hard, soft, learned, fail);
    const where = `for losses of ${hard} and ${soft}`;
    if (!allFinite([seen.total, seen.alpha, ...seen.gradients])) fail(`loss, α and gradients are finite ${where}`, show([seen.total, seen.alpha, ...seen.gradients]));
    if (seen.alpha < -1e-6 || seen.alpha > 1 + 1e-6) fail(`α is from 0 to 1 ${where}`, `it is ${seen.alpha}`);
    const [ofHard, ofSoft] = seen.gradients as [number, number];
    if (ofHard < 0 || ofSoft < 0) fail(`neither side is made worse ${where}`, `their weights are ${show([ofHard, ofSoft])}`);
    const amounts = ofHard / (ofHard + ofSoft);
    if (ofHard + ofSoft > 0 && Math.abs(amounts - seen.alpha) > 1e-3) fail(`α is what the loss amounts to ${where}: the share of the hard side's weight, ${amounts.toPrecision(4)}`, `it is ${seen.alpha.toPrecision(4)}`);
    moved = Math.max(moved, largest(seen.gradients.slice(2)));
  }
  if (moved === 0) fail('what learns receives gradients', 'all of them are 0');
  expectNoLeak(fail, () => tf.tidy(() => void weigh({ hard: tf.scalar(1), soft: tf.scalar(2) }, learned)));
  tf.dispose(learned);
}

/** Gradients are of the hard side, the soft side, and everything that learns. */
async function weighed(weigh: LearnedAlpha['weigh'], hard: number, soft: number, learned: NamedTensors, fail: Fail): Promise<{ total: number; alpha: number; gradients: readonly number[] }> {
  const { loss, alpha, grads } = tf.tidy(() => {
    const sides = { hard: tf.scalar(hard) as Scalar, soft: tf.scalar(soft) as Scalar };
    const run = (): ReturnType<LearnedAlpha['weigh']> => attempt(fail, 'two sides can be weighed', () => weigh(sides, learned));
    const result = run();
    for (const [name, tensor] of Object.entries(result)) if (!(tensor instanceof tf.Tensor) || tensor.rank !== 0) fail('loss and α are scalars', `${name} is ${tensor instanceof tf.Tensor ? `of shape [${tensor.shape.join(', ')}]` : typeof tensor}`);
    const xs = [sides.hard, sides.soft, ...Object.values(learned)];
    const given = tf.engine().gradients(() => run().total, xs, undefined, true).grads;
    const flat = xs.map((x, i) => tf.reshape(given[i] ?? tf.zerosLike(x), [-1]));
    return { loss: tf.clone(result.total), alpha: tf.clone(result.alpha), grads: tf.concat(flat) };
  });
  return { total: (await read(loss))[0]!, alpha: (await read(alpha))[0]!, gradients: [...await read(grads)] };
}
