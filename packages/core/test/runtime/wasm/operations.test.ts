import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { expectGradientsOfFunction, expectSameGradients, expectSameResult, useWasm, values, type Compute } from './backends.ts';

useWasm();

const indices = (...numbers: number[]): tf.Tensor1D => tf.tensor1d(numbers, 'int32');
const positive = (x: tf.Tensor): tf.Tensor => tf.add(tf.abs(x), 0.1);

/** Huber's loss from its pieces. */
function huber(x: tf.Tensor): tf.Tensor {
  const size = tf.abs(x);
  const quadratic = tf.minimum(size, 0.5);
  return tf.add(tf.mul(0.5, tf.square(quadratic)), tf.mul(0.5, tf.sub(size, quadratic)));
}

const unary: Record<string, Compute> = {
  logSumExp: (x) => tf.logSumExp(x!, -1),
  'logSumExp over two axes': (x) => tf.logSumExp(x!, [0, 1], true),
  softmax: (x) => tf.softmax(x!),
  logSoftmax: (x) => tf.logSoftmax(x!),
  abs: (x) => tf.abs(x!),
  huber: (x) => huber(x!),
  clipByValue: (x) => tf.clipByValue(x!, -0.4, 0.6),
  cumsum: (x) => tf.cumsum(x!, 1),
  'cumsum, exclusive and reversed': (x) => tf.cumsum(x!, 1, true, true),
  where: (x) => tf.where(tf.greater(values([5, 7], 7), 0), tf.square(x!), tf.neg(x!)),
  max: (x) => tf.max(x!, 1),
  min: (x) => tf.min(x!, 0),
  'mean and variance': (x) => tf.add(tf.moments(x!, [0]).mean, tf.moments(x!, [0]).variance),
  norm: (x) => tf.norm(x!, 2, 1),
  transpose: (x) => tf.transpose(x!),
  tile: (x) => tf.tile(x!, [2, 3]),
  pad: (x) => tf.pad(x!, [[1, 2], [0, 3]]),
  mirrorPad: (x) => tf.slice(tf.mirrorPad(x!, [[1, 1], [2, 0]], 'reflect'), [1, 2], [5, 7]),
  reverse: (x) => tf.reverse(x!, 1),
  slice: (x) => tf.slice(x!, [1, 2], [3, 4]),
  split: (x) => tf.concat(tf.split(x!, [2, 5], 1).reverse(), 1),
  'stack and unstack': (x) => tf.stack(tf.unstack(x!, 1).slice(2), 1),
  oneHot: (x) => tf.mul(x!, tf.oneHot(indices(1, 6, 0, 3, 3), 7)),
  'gather of classes': (x) => tf.gather(x!, indices(4, 0, 4), 1),
  'gather of samples': (x) => tf.gather(x!, indices(4, 0, 4, 1)),
  booleanMask: (x) => tf.gather(x!, indices(0, 2, 3)),
  pow: (x) => tf.pow(positive(x!), 1.7),
  'square root': (x) => tf.sqrt(positive(x!)),
  rsqrt: (x) => tf.rsqrt(positive(x!)),
  log: (x) => tf.log(positive(x!)),
  log1p: (x) => tf.log1p(positive(x!)),
  exp: (x) => tf.exp(x!),
  expm1: (x) => tf.expm1(x!),
  reciprocal: (x) => tf.reciprocal(positive(x!)),
  sigmoid: (x) => tf.sigmoid(x!),
  logSigmoid: (x) => tf.logSigmoid(x!),
  softplus: (x) => tf.softplus(x!),
  tanh: (x) => tf.tanh(x!),
  erf: (x) => tf.erf(x!),
  relu: (x) => tf.relu(x!),
  relu6: (x) => tf.relu6(x!),
  elu: (x) => tf.elu(x!),
  selu: (x) => tf.selu(x!),
  leakyRelu: (x) => tf.leakyRelu(x!, 0.3),
  sin: (x) => tf.sin(x!),
  cos: (x) => tf.cos(x!),
  identity: (x) => tf.mul(tf.clone(x!), tf.cast(x!, 'float32')),
};

const binary: Record<string, Compute> = {
  add: (a, b) => tf.add(a!, b!),
  sub: (a, b) => tf.sub(a!, b!),
  mul: (a, b) => tf.mul(a!, b!),
  div: (a, b) => tf.div(a!, positive(b!)),
  prelu: (a, b) => tf.prelu(a!, b!),
  concat: (a, b) => tf.concat([a!, tf.tile(tf.reshape(b!, [1, 7]), [2, 1])], 0),
};

/** Their gradients don't add up over a broadcast axis, on any backend. */
const alike: Record<string, Compute> = {
  maximum: (a, b) => tf.maximum(a!, b!),
  minimum: (a, b) => tf.minimum(a!, b!),
  squaredDifference: (a, b) => tf.squaredDifference(a!, b!),
};

describe('what losses and layers are made of has gradients', () => {
  it.each(Object.entries(unary))('%s', async (_, compute) => {
    await expectSameGradients(compute, [5, 7]);
  });

  it.each(Object.entries(binary))('%s, the second broadcast', async (_, compute) => {
    await expectSameGradients(compute, [5, 7], [7]);
  });

  it.each(Object.entries(alike))('%s', async (_, compute) => {
    await expectSameGradients(compute, [5, 7], [5, 7]);
  });

  it('batch norm', async () => {
    const normalize = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor => {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      return tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, offset as tf.Tensor1D, scale as tf.Tensor1D);
    };
    await expectSameGradients(normalize as never, [3, 4, 4, 5], [5], [5]);
  });

  // The plain backend's gradients of resizing are wrong for a batch and for oblong images, and those of
  // three-dimensional pooling at borders, so the functions themselves are the measure.
  it.each([[5, 6], [6, 8], [2, 3]])('resizing to %d by %d', (height, width) => {
    for (const alignCorners of [false, true]) {
      expectGradientsOfFunction((x) => tf.image.resizeBilinear(x as tf.Tensor4D, [height, width], alignCorners), [2, 3, 4, 2]);
      expectGradientsOfFunction((x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [height, width], alignCorners), [2, 3, 4, 2]);
    }
  });

  it('local response normalization', async () => {
    await expectSameGradients((x) => tf.localResponseNormalization(x as tf.Tensor4D, 2), [2, 3, 3, 6]);
  });

  it.each([['same', 1], ['valid', 1], ['same', 2], ['valid', 2]] as const)('convolution in three dimensions, %s, strides %d', async (pad, strides) => {
    await expectSameGradients((x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, strides, pad), [2, 3, 5, 4, 2], [2, 3, 2, 2, 3]);
  });

  it('pooling in three dimensions', () => {
    expectGradientsOfFunction((x) => tf.maxPool3d(x as tf.Tensor5D, 2, 2, 'valid'), [2, 4, 4, 2, 2]);
    expectGradientsOfFunction((x) => tf.avgPool3d(x as tf.Tensor5D, 2, 2, 'valid'), [2, 4, 4, 2, 2]);
  });
});

describe('what has no gradient still runs', () => {
  const forward: Record<string, () => tf.Tensor> = {
    'topk values': () => tf.topk(values([4, 9]), 3).values,
    'topk indices': () => tf.topk(values([4, 9]), 3).indices,
    argMax: () => tf.argMax(values([4, 9]), 1),
    scatterND: () => tf.scatterND(tf.tensor2d([[4], [1], [4]], [3, 1], 'int32'), values([3, 2]), [6, 2]),
    tensorScatterUpdate: () => tf.tensorScatterUpdate(values([6, 2]), tf.tensor2d([[4], [1]], [2, 1], 'int32'), values([2, 2], 2)),
    gatherND: () => tf.gatherND(values([6, 2]), tf.tensor2d([[4, 1], [1, 0]], [2, 2], 'int32')),
    stridedSlice: () => tf.stridedSlice(values([6, 5]), [0, 1], [6, 5], [2, 3]),
    oneHot: () => tf.oneHot(indices(1, 0, 2), 3),
    isNaN: () => tf.cast(tf.isNaN(tf.tensor1d([1, Number.NaN])), 'float32'),
    cast: () => tf.cast(tf.mul(values([5]), 10), 'int32'),
  };
  it.each(Object.entries(forward))('%s', async (_, compute) => {
    await expectSameResult(compute);
  });
});

describe('slices', () => {
  const cases: [number[], number[], number[]][] = [
    [[9], [2], [5]], [[4, 100], [1, 20], [2, 60]], [[4, 5, 6], [1, 0, 2], [2, 5, 3]], [[4, 5, 6], [0, 2, 0], [4, 2, 6]],
    [[2, 3, 4, 5], [1, 1, 1, 1], [1, 2, 2, 3]], [[2, 3, 2, 4, 3], [0, 1, 0, 1, 1], [2, 2, 2, 2, 1]], [[3, 4], [0, 0], [3, 4]], [[3, 4], [1, 1], [0, 2]],
  ];
  it.each(cases)('of %j from %j, size %j', async (shape, begin, size) => {
    await expectSameGradients((x) => tf.slice(x, begin, size), shape);
  });

  it.each([0, 1, 2])('split along axis %d', async (axis) => {
    await expectSameGradients((x) => tf.concat(tf.split(x, 2, axis).reverse(), axis), [4, 6, 2]);
  });

  it('of integers and booleans', async () => {
    await expectSameResult(() => tf.slice(tf.tensor2d([[1, 2, 3], [4, 5, 6]], [2, 3], 'int32'), [0, 1], [2, 2]));
    await expectSameResult(() => tf.cast(tf.slice(tf.tensor1d([true, false, true], 'bool'), [1], [2]), 'int32'));
  });
});
