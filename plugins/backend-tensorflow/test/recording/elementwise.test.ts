import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, it } from 'vitest';
import type { Backend, NamedTensors } from '@kd/core';
import { describeNative, startNative } from '../native.ts';
import { Trainer } from './trainer.ts';

const LARGE = 2 ** 19;

let backend: Backend & { readonly warnings: string[] };

/** Two numbers of a large tensor, and how often the function ran, over some calls. */
function callsOf(fn: (x: tf.Tensor) => tf.Tensor, inside: boolean): { ran: number; values: number[][] } {
  let ran = 0;
  const part = backend.compile!('the part', ({ x }) => {
    ran++;
    return { y: fn(x!) };
  }, { elementwise: true });
  // What follows must know the shape of what the part gives.
  const whole = backend.compile!('the whole', ({ x }) => ({ y: tf.slice(tf.reshape(part({ x: tf.mul(x!, 2) })['y']!, [2, -1]), [0, 0], [2, 1]) }));
  const values = [1, 2, 3, 4].map((value) => {
    const x = tf.fill([LARGE], value);
    const given: NamedTensors = inside ? whole({ x }) : part({ x });
    const read = given['y']!.dataSync();
    tf.dispose([x, given]);
    return [read[0]!, read.at(-1)!];
  });
  whole.dispose();
  part.dispose();
  return { ran, values };
}

describeNative('an elementwise function', () => {
  beforeAll(async () => {
    backend = await startNative();
  });

  it('of many elements gives what it gives by itself, alone and as a part of another', () => {
    const fn = (x: tf.Tensor): tf.Tensor => tf.div(tf.square(x), tf.add(tf.sqrt(x), 1));
    const of = (x: number): number => x ** 2 / (Math.sqrt(x) + 1);
    const before = tf.memory().numTensors;
    for (const [inside, factor] of [[false, 1], [true, 2]] as const) {
      const { ran, values } = callsOf(fn, inside);
      expect(ran).toBe(2);
      values.forEach(([first, last], i) => {
        expect(first).toBeCloseTo(of(factor * (i + 1)), 4);
        expect(last).toBe(first);
      });
    }
    expect(tf.memory().numTensors).toBe(before);
    expect(backend.warnings).toEqual([]);
  });

  it.each([['alone', false], ['as a part of another', true]] as const)('that XLA cannot compile is recorded as it is: %s', async (_, inside) => {
    backend = await startNative();
    const unknown = (x: tf.Tensor): tf.Tensor => tf.add(x, tf.sum(tf.dilation2d(tf.reshape(tf.slice(x, 0, 1), [1, 1, 1, 1]) as tf.Tensor4D, tf.ones([1, 1, 1]), 1, 'same')));
    const { ran, values } = callsOf(unknown, inside);
    const factor = inside ? 2 : 1;
    expect(values).toEqual([1, 2, 3, 4].map((value) => [2 * value * factor + 1, 2 * value * factor + 1]));
    expect(ran).toBe(3); // recorded for XLA, then twice without
    expect(backend.warnings).toEqual([]);
  });

  it.each([[undefined], [0.5]])('is the optimizer of a large student: it trains as an eager one does, with clipNorm %s', async (clipNorm) => {
    backend = await startNative();
    const wide = { shape: [512], build: () => sequential({ layers: [layers.dense({ inputShape: [512], units: 520, activation: 'relu' as const }), layers.dense({ units: 4 })] }) };
    const trainer = await Trainer.of(backend, wide, clipNorm === undefined ? {} : { train: { clipNorm } });
    const [compiled, eager] = [await trainer.train('compiled', 6), await trainer.train('eager', 6)];
    compiled.losses.forEach((loss, i) => expect(loss / eager.losses[i]!, `loss of step ${i}`).toBeCloseTo(1, 4));
    compiled.weights.forEach((values, i) => expect(Array.from(values).findIndex((value, at) => Math.abs(value - eager.weights[i]![at]!) > 1e-4), `tensor ${i} of the state`).toBe(-1));
    expect(backend.warnings).toEqual([]);
  });
});
