import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { expectClose } from '../../../../test/golden/golden-cases.ts';
import { describeNative, startNative } from '../native.ts';

describeNative('gradients by operations of their own', () => {
  beforeAll(() => startNative({ eager: true }));

  it('relu passes on what lies above zero, and can be differentiated twice', () => {
    const x = tf.tensor1d([-1, 0, 2, 3]);
    const slope = tf.grad((at) => tf.sum(tf.square(tf.relu(at))));
    expect([...slope(x).dataSync()]).toEqual([0, 0, 4, 6]);
    expect([...tf.grad((at) => tf.sum(slope(at)))(x).dataSync()]).toEqual([0, 0, 2, 2]);
  });

  it.each([
    { name: 'sigmoid', of: tf.sigmoid, operation: 'SigmoidGrad', slope: (y: number) => y * (1 - y), bend: (y: number) => 1 - 2 * y },
    { name: 'tanh', of: tf.tanh, operation: 'TanhGrad', slope: (y: number) => 1 - y ** 2, bend: (y: number) => -2 * y },
  ])('$name has the slope that its values tell, and so has its gradient', ({ of, operation, slope, bend }) => {
    const x = tf.tensor1d([-20, -1, 0, 0.5, 3]);
    const dy = tf.tensor1d([1, 2, -3, 4, -5]);
    const y = of(x);
    const [values, weights] = [[...y.dataSync()], [...dy.dataSync()]];
    expectClose(tf.grad(of)(x, dy).dataSync(), values.map((v, i) => weights[i]! * slope(v)));
    const [byDy, byY] = tf.grads((...[first, second]) => tf.engine().runKernel<tf.Tensor>(operation, { dy: first!, y: second! }))([dy, y], dy);
    expectClose(byDy!.dataSync(), values.map((v, i) => weights[i]! * slope(v)));
    expectClose(byY!.dataSync(), values.map((v, i) => weights[i]! ** 2 * bend(v)));
  });

  it('a bias gets the sum of its rows, of any rank', () => {
    const x = tf.reshape(tf.range(0, 24), [2, 3, 4]);
    expect([...tf.sum(x, [0, 1]).dataSync()]).toEqual([60, 66, 72, 78]);
    expect([...tf.sum(x, [0, -2]).dataSync()]).toEqual([60, 66, 72, 78]);
    expect([...tf.sum(x, [1, 2]).dataSync()]).toEqual([66, 210]);
    expect(tf.sum(x, [0, 1], true).shape).toEqual([1, 1, 4]);
    expect([...tf.sum(tf.zeros([0, 3]), 0).dataSync()]).toEqual([0, 0, 0]);
    expect([...tf.sum(tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32'), 0).dataSync()]).toEqual([4, 6]);
  });
});
