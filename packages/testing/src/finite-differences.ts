import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * The gradient of `f` at `x` by central differences: what an automatic gradient is checked against. In float32 expect
 * errors of about a thousandth of the largest value of `f`.
 *
 * @param f gives a scalar
 * @param step distance to either side; default 0.01
 * @returns one number for each element of `x`, in row-major order
 */
export async function finiteDifferences(f: (x: Tensor) => Tensor, x: Tensor, step: number = 0.01): Promise<Float32Array> {
  const values = Float32Array.from(await x.data());
  const result = new Float32Array(values.length);
  const at = async (element: number, offset: number): Promise<number> => {
    const moved = values.slice();
    moved[element]! += offset;
    const y = tf.tidy(() => f(tf.tensor(moved, x.shape)));
    const [value] = await y.data();
    y.dispose();
    return value!;
  };
  for (let i = 0; i < values.length; i++) result[i] = ((await at(i, step)) - (await at(i, -step))) / (2 * step);
  return result;
}
