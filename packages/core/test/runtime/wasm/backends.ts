import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { beforeAll, expect } from 'vitest';
import { startWasm } from '../../../src/runtime/wasm/start-wasm.ts';

type Values = Float32Array | Int32Array | Uint8Array;
export type Compute = (...inputs: tf.Tensor[]) => tf.Tensor;

/** Starts wasm with the training kernels before the tests of a file. */
export function useWasm(): void {
  beforeAll(() => startWasm());
}

/** Numbers between -1 and 1 that look random, differ from each other and are the same in every run. */
export function values(shape: number[], seed = 1): tf.Tensor {
  const numbers = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => {
    const x = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return 2 * (x - Math.floor(x)) - 1;
  });
  return tf.tensor(numbers, shape);
}

export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const tolerance = 1e-5 + 1e-4 * largest;
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [actual[i] ?? Number.NaN, expected[i] ?? Number.NaN];
    if (!(Math.abs(a - b) <= tolerance)) expect.fail(`${what}[${i}]: ${a}, expected ${b} within ${tolerance}`);
  }
}

/** Leaves large numbers in freed memory, so that a kernel that counts on zeros there is found out. */
function soilMemory(): void {
  const rubbish = Array.from({ length: 60 }, (_, index) => tf.fill([16 * (index + 1)], 1e7));
  tf.dispose(rubbish);
}

/** The result, and the gradients of a weighted sum of its cells (so that no two cells count alike). */
function valueAndGradients(compute: Compute, shapes: number[][]): Values[] {
  soilMemory();
  return tf.tidy(() => {
    const inputs = shapes.map((shape, index) => values(shape, index + 1));
    const loss: Compute = (...given) => {
      const result = compute(...given);
      return tf.sum(tf.mul(result, values(result.shape, 99)));
    };
    const gradients = tf.grads(loss as (...given: tf.Tensor[]) => tf.Scalar)(inputs);
    return [compute(...inputs), ...gradients].map((tensor) => tensor.dataSync() as Values);
  });
}

/** Compares results and gradients with the plain backend's, and checks that nothing is left behind. */
export async function expectSameGradients(compute: Compute, ...shapes: number[][]): Promise<void> {
  await tf.setBackend('cpu');
  const expected = valueAndGradients(compute, shapes);
  await tf.setBackend('wasm');
  const actual = valueAndGradients(compute, shapes);
  expected.forEach((numbers, index) => expectClose(actual[index] ?? [], numbers, index === 0 ? 'result' : `gradient ${index}`));
  expectNoLeak(() => valueAndGradients(compute, shapes));
}

export async function expectSameResult(compute: () => tf.Tensor): Promise<void> {
  await tf.setBackend('cpu');
  const expected = tf.tidy(() => compute().dataSync());
  await tf.setBackend('wasm');
  expectClose(tf.tidy(() => compute().dataSync()), expected, 'result');
  expectNoLeak(() => tf.tidy(() => compute().dataSync()));
}

export function expectNoLeak(work: () => unknown): void {
  work();
  const before = footprint();
  work();
  work();
  expect(footprint()).toEqual(before);
}

function footprint(): object {
  const { numTensors, numDataBuffers } = tf.memory();
  return { numTensors, numDataBuffers, heldByBackend: tf.engine().backend.numDataIds() };
}

/** Compares the gradients with central differences of the function itself, on wasm. */
export function expectGradientsOfFunction(compute: Compute, ...shapes: number[][]): void {
  const [, ...gradients] = valueAndGradients(compute, shapes);
  const step = 1e-2;
  shapes.forEach((shape, which) => {
    const size = tf.util.sizeFromShape(shape);
    const differences = Array.from({ length: size }, (_, cell) => {
      const at = (sign: number): number => tf.tidy(() => {
        const inputs = shapes.map((one, index) => values(one, index + 1));
        const moved = inputs[which]!.dataSync().slice();
        moved[cell] = moved[cell]! + sign * step;
        inputs[which] = tf.tensor(moved, shape);
        const result = compute(...inputs);
        return tf.sum(tf.mul(result, values(result.shape, 99))).dataSync()[0]!;
      });
      return (at(1) - at(-1)) / (2 * step);
    });
    differences.forEach((difference, cell) => {
      expect(gradients[which]![cell], `input ${which}, cell ${cell}`).toBeCloseTo(difference, 2);
    });
  });
}
