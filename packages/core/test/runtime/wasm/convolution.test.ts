import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { expectClose, expectGradientsOfFunction, expectNoLeak, expectSameGradients, useWasm, values } from './backends.ts';

useWasm();

type Pad = 'same' | 'valid' | number | [[number, number], [number, number], [number, number], [number, number]];
type Size4 = [number, number, number, number];

describe('convolution', () => {
  const uneven: Pad = [[0, 0], [2, 0], [1, 3], [0, 0]];
  const cases: [string, number[], Size4, number | [number, number], Pad][] = [
    ['valid', [2, 6, 5, 3], [3, 3, 3, 4], 1, 'valid'],
    ['same', [2, 6, 5, 5], [3, 3, 5, 2], 1, 'same'],
    ['even filter, same', [1, 5, 6, 1], [2, 4, 1, 3], 1, 'same'],
    ['1 by 1', [3, 4, 4, 6], [1, 1, 6, 5], 1, 'valid'],
    ['1 by 1, strides 2', [2, 5, 5, 4], [1, 1, 4, 3], 2, 'same'],
    ['strides 2, same', [2, 7, 6, 5], [3, 3, 5, 4], 2, 'same'],
    ['strides 2, rows left over', [2, 8, 8, 3], [3, 3, 3, 2], 2, 'valid'],
    ['uneven strides', [2, 7, 9, 2], [3, 2, 2, 3], [2, 3], 'same'],
    ['strides beyond the filter', [1, 9, 9, 2], [2, 2, 2, 3], 3, 'valid'],
    ['numeric padding', [2, 5, 5, 3], [3, 3, 3, 2], 1, 2],
    ['more padding than the filter reaches', [1, 4, 4, 2], [2, 2, 2, 3], 1, 3],
    ['explicit padding', [2, 6, 5, 3], [4, 4, 3, 2], 1, uneven],
    ['explicit padding with strides', [2, 6, 5, 3], [4, 4, 3, 2], 2, uneven],
    ['filter as large as the image', [3, 5, 4, 2], [5, 4, 2, 3], 1, 'valid'],
  ];
  it.each(cases)('%s', async (_, input, filter, strides, pad) => {
    await expectSameGradients((x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad), input, filter);
  });

  it('matches finite differences', () => {
    expectGradientsOfFunction((x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'same'), [1, 5, 5, 2], [3, 3, 2, 2]);
    expectGradientsOfFunction((x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'), [1, 4, 4, 2], [3, 3, 2, 2]);
  });

  it('is the same in several blocks', async () => {
    await expectSameGradients((x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'), [4, 48, 48, 8], [3, 3, 8, 2]);
    await expectSameGradients((x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'same'), [4, 90, 90, 8], [3, 3, 8, 2]);
  });

  it('in one dimension', async () => {
    await expectSameGradients((x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 1, 'same'), [3, 9, 4], [3, 4, 5]);
    await expectSameGradients((x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 2, 'valid'), [3, 9, 4], [3, 4, 5]);
  });

  it('fused with bias and activation', async () => {
    const fused = (x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor): tf.Tensor => tf.fused.conv2d({
      x: x as tf.Tensor4D, filter: filter as tf.Tensor4D, bias, strides: 1, pad: 'same', activation: 'relu',
    });
    await expectSameGradients(fused as never, [2, 5, 5, 3], [3, 3, 3, 4], [4]);
  });

  it('refuses channels first', () => {
    const x = values([1, 3, 4, 4]) as tf.Tensor4D;
    const dy = values([1, 2, 4, 4]) as tf.Tensor4D;
    const run = (): tf.Tensor => tf.engine().runKernel('Conv2DBackpropFilter', { x, dy }, {
      strides: 1, pad: 'same', dataFormat: 'NCHW', filterShape: [3, 3, 3, 2],
    });
    expect(run).toThrow(/NHWC/);
  });
});

describe('transposed convolution', () => {
  const cases: [Size4, Size4, Size4, number, 'same' | 'valid'][] = [
    [[2, 4, 4, 3], [2, 4, 4, 5], [3, 3, 5, 3], 1, 'same'],
    [[2, 3, 4, 3], [2, 6, 8, 5], [3, 3, 5, 3], 2, 'same'],
    [[2, 3, 3, 3], [2, 7, 7, 2], [3, 3, 2, 3], 2, 'valid'],
    [[1, 2, 3, 2], [1, 6, 9, 4], [2, 2, 4, 2], 3, 'same'],
  ];
  it.each(cases)('%j to %j, filter %j, stride %d, %s', async (input, output, filter, strides, pad) => {
    await expectSameGradients(
      (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, output, strides, pad), input, filter);
  });
});

describe('depthwise convolution', () => {
  const cases: [number[], Size4, number | [number, number], Pad][] = [
    [[2, 6, 5, 4], [3, 3, 4, 1], 1, 'same'],
    [[2, 6, 5, 4], [3, 3, 4, 1], 1, 'valid'],
    [[2, 7, 6, 3], [3, 3, 3, 2], 2, 'same'],
    [[2, 8, 8, 3], [3, 2, 3, 3], 2, 'valid'],
    [[1, 5, 5, 9], [5, 5, 9, 1], 1, 'same'],
    [[1, 9, 9, 2], [6, 6, 2, 2], 1, 'same'],
    [[1, 5, 5, 2], [2, 2, 2, 1], 1, 3],
    [[1, 9, 9, 2], [2, 2, 2, 1], 3, 'same'],
  ];
  it.each(cases)('%j, filter %j, strides %j, %j', async (input, filter, strides, pad) => {
    await expectSameGradients(
      (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad as 'same'), input, filter);
  });

  it('takes dilations in its gradient kernels', () => {
    // The plain backend leaves dilations out of account, but the convolution is linear in both inputs, so the
    // same sum of products must come out whichever side is held fixed.
    for (const [strides, dilations] of [[1, [2, 3]], [1, [3, 1]], [2, [1, 1]]] as const) {
      const x = values([2, 9, 8, 3]) as tf.Tensor4D;
      const filter = values([3, 3, 3, 2], 2) as tf.Tensor4D;
      const y = tf.depthwiseConv2d(x, filter, strides, 'same', 'NHWC', dilations as [number, number]);
      const dy = values(y.shape, 3);
      const attrs = { strides, pad: 'same', dilations, dimRoundingMode: undefined };
      const dx: tf.Tensor = tf.engine().runKernel('DepthwiseConv2dNativeBackpropInput', { dy, filter }, { ...attrs, inputShape: x.shape } as never);
      const dw: tf.Tensor = tf.engine().runKernel('DepthwiseConv2dNativeBackpropFilter', { x, dy }, { ...attrs, filterShape: filter.shape } as never);
      const [expected, byInput, byFilter] = [[y, dy], [x, dx], [filter, dw]].map(([a, b]) => tf.sum(tf.mul(a!, b!)).dataSync());
      expectClose(byInput!, expected!, 'by input');
      expectClose(byFilter!, expected!, 'by filter');
    }
  });

  it('followed by a pointwise one: separable', async () => {
    const separable = (x: tf.Tensor, depth: tf.Tensor, point: tf.Tensor): tf.Tensor =>
      tf.separableConv2d(x as tf.Tensor4D, depth as tf.Tensor4D, point as tf.Tensor4D, 2, 'same');
    await expectSameGradients(separable as never, [2, 7, 7, 3], [3, 3, 3, 2], [1, 1, 6, 4]);
  });
});

it('a convolution leaves nothing behind outside of tidy', () => {
  const x = values([4, 8, 8, 3]) as tf.Tensor4D;
  const w = values([3, 3, 3, 4], 2) as tf.Tensor4D;
  expectNoLeak(() => {
    const gradients = tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same')))([x, w]);
    tf.dispose(gradients);
  });
  tf.dispose([x, w]);
});
