import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { onTape } from '../tensor/on-tape.ts';

/**
 * What `compute` gives, without keeping what it goes through: the backward pass computes it again.
 *
 * @param compute a pure function of `input` and of weights that it reads itself
 * @param again the same function in the backward pass; it may change nothing, and draws the same random numbers
 * @param input undefined where the function reads none that has a gradient
 * @param weights the tensors that `compute` reads
 */
export function recomputed(compute: (input: Tensor | undefined) => Tensor, again: (input: Tensor | undefined, after: Tensor) => Tensor, input: Tensor | undefined, weights: readonly Tensor[]): Tensor {
  const given = input ? [input, ...weights] : [...weights];
  if (given.length === 0) return compute(input);
  const segment = tf.customGrad((...args) => {
    const save = args.pop() as (tensors: Tensor[]) => void;
    if (input) save([input]);
    return {
      value: ownTensor(compute(input), given),
      gradFunc: (dy: Tensor, saved: Tensor[]): Tensor[] => tf.tidy(() => {
        const start = input && saved[0]!;
        const sources = start ? [start, ...weights] : [...weights];
        const { grads } = onTape(() => again(start, dy), sources, dy);
        return sources.map((source, i) => grads[i] ?? tf.zeros(source.shape));
      }),
    };
  });
  return segment(...given);
}

/**
 * The same values, not before `after` is known. A recording would otherwise find that the same was computed before, and
 * keep that; or compute it again long before it is needed.
 */
export function notBefore(values: Tensor, after: Tensor): Tensor {
  const first = tf.slice(tf.reshape(after, [-1]), [0], [1]);
  const known = tf.equal(first, first);
  // 0, unless the gradient is not a number, when nothing matters any more.
  const nothing = tf.reshape(tf.where(known, tf.zeros([1]), tf.fill([1], Number.NaN)), []);
  return tf.add(values, tf.cast(nothing, values.dtype));
}

/** A function may give back what it was given; the tape needs another tensor. */
function ownTensor(value: Tensor, given: readonly Tensor[]): Tensor {
  return given.includes(value) ? tf.clone(value) : value;
}
