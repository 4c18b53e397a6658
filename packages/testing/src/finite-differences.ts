import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

export interface FiniteDifferenceOptions {
  /** Distance to either side; default 0.01. */
  readonly step?: number;
  /** Places of the elements that are wanted, in row-major order; default all. */
  readonly elements?: readonly number[];
}

/**
 * The gradient of `f` at `x` by central differences: what an automatic gradient is checked against. In float32 expect
 * errors of about a thousandth of the largest value of `f`.
 *
 * @param f gives a scalar
 * @returns one number for each wanted element of `x`
 */
export async function finiteDifferences(f: (x: Tensor) => Tensor, x: Tensor, { step = 0.01, elements }: FiniteDifferenceOptions = {}): Promise<Float32Array> {
  const values = Float32Array.from(await x.data());
  const wanted = elements ?? Array.from(values.keys());
  const at = async (element: number, offset: number): Promise<number> => {
    const moved = values.slice();
    moved[element]! += offset;
    const y = tf.tidy(() => f(tf.tensor(moved, x.shape)));
    const [value] = await y.data();
    y.dispose();
    return value!;
  };
  const result = new Float32Array(wanted.length);
  for (const [i, element] of wanted.entries()) result[i] = ((await at(element, step)) - (await at(element, -step))) / (2 * step);
  return result;
}
