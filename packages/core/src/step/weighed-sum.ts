import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';

/** `Σ weight · value`; one operation on the tape. The weights are constants: no gradient flows through them. */
export function weighedSum(values: readonly Scalar[], weights: readonly (Scalar | number)[]): Scalar {
  if (weights.every((weight) => weight === 1)) return values.length === 1 ? values[0]! : tf.addN([...values]);
  const operation = tf.customGrad((...given) => {
    const save = given.at(-1) as (tensors: Tensor[]) => void;
    const factors = weights.map((weight) => (typeof weight === 'number' ? tf.scalar(weight) : weight));
    save(factors);
    return {
      value: tf.addN(factors.map((factor, i) => tf.mul(given[i] as Scalar, factor))),
      gradFunc: (dy: Tensor, saved: Tensor[]) => saved.map((factor) => tf.mul(factor, dy)),
    };
  });
  return operation(...values) as Scalar;
}
