import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';

/**
 * Kernels of kd's own; a backend that has the one has the other. The first takes `x`, `gamma` and `beta` and gives
 * {@link batchNorm}'s result, mean, variance, and two tensors for the second, which takes `dy`, `x`, `gamma`, `saved0`
 * and `saved1` and gives the gradients of `x`, `gamma` and `beta`. Both have the attribute `epsilon`.
 */
const BatchNorm = 'KdBatchNorm';
const BatchNormGrad = 'KdBatchNormGrad';

interface Normalised {
  readonly y: Tensor;
  readonly mean: Tensor1D;
  /** Of the batch itself: divided by the number of its values, not by one less. */
  readonly variance: Tensor1D;
  /** What the gradient needs beside `x` and `gamma`. */
  readonly saved: readonly [Tensor, Tensor];
}

/**
 * Batch normalisation over the last axis (Ioffe and Szegedy, 2015): `gamma · (x − mean) / √(variance + epsilon) + beta`,
 * mean and variance over all other axes. It is one operation on the tape; TensorFlow.js's gradient of the same, through
 * the mean and the variance, takes some twenty passes over `x`.
 *
 * @param x `[..., channels]`, float32
 * @param gamma `[channels]`
 * @param beta `[channels]`
 * @param epsilon added to the variance
 * @param seen hears mean and variance, each `[channels]`, before they are freed
 * @returns of the shape of `x`
 */
export function batchNorm(x: Tensor, gamma: Tensor1D, beta: Tensor1D, epsilon: number, seen: (mean: Tensor1D, variance: Tensor1D) => void): Tensor {
  const native = tf.getKernel(BatchNorm, tf.getBackend()) as tf.KernelConfig | undefined;
  const [forward, backward] = native ? [byKernel, gradientsByKernel] : [composed, composedGradients];
  const operation = tf.customGrad((...args) => {
    const save = args.pop() as unknown as (tensors: Tensor[]) => void;
    const { y, mean, variance, saved } = forward(x, gamma, beta, epsilon);
    seen(mean, variance);
    save([x, gamma, ...saved]);
    return { value: y, gradFunc: (dy: Tensor, [x, gamma, ...saved]: Tensor[]) => backward(dy, x!, gamma as Tensor1D, saved as [Tensor, Tensor], epsilon) };
  });
  return operation(x, gamma, beta);
}

type Gradients = [x: Tensor, gamma: Tensor, beta: Tensor];

function byKernel(x: Tensor, gamma: Tensor1D, beta: Tensor1D, epsilon: number): Normalised {
  const [y, mean, variance, ...saved] = tf.engine().runKernel<Tensor[]>(BatchNorm, { x, gamma, beta } as NamedTensorMap, { epsilon });
  return { y: y!, mean: mean as Tensor1D, variance: variance as Tensor1D, saved: saved as [Tensor, Tensor] };
}

function gradientsByKernel(dy: Tensor, x: Tensor, gamma: Tensor1D, [saved0, saved1]: readonly [Tensor, Tensor], epsilon: number): Gradients {
  return tf.engine().runKernel<Gradients>(BatchNormGrad, { dy, x, gamma, saved0, saved1 } as NamedTensorMap, { epsilon });
}

function composed(x: Tensor, gamma: Tensor1D, beta: Tensor1D, epsilon: number): Normalised {
  const { mean, variance } = tf.moments(x, axesBeforeLast(x)) as { mean: Tensor1D; variance: Tensor1D };
  const y = tf.reshape(tf.batchNorm(asImages(x), mean, variance, beta, gamma, epsilon), x.shape);
  return { y, mean, variance, saved: [mean, variance] };
}

/** With `c = x − mean` and `r = 1 / √(variance + epsilon)`: `dx = gamma · r · (dy − mean(dy) − c · r² · mean(dy · c))`. */
function composedGradients(dy: Tensor, x: Tensor, gamma: Tensor1D, [mean, variance]: readonly [Tensor, Tensor], epsilon: number): Gradients {
  const axes = axesBeforeLast(x);
  const count = x.size / gamma.size;
  const rate = tf.rsqrt(tf.add(variance, epsilon));
  const centred = tf.sub(x, mean);
  const ofBeta = tf.sum(dy, axes);
  const ofGamma = tf.mul(tf.sum(tf.mul(dy, centred), axes), rate);
  const scale = tf.mul(gamma, rate);
  const slope = tf.div(tf.mul(tf.mul(scale, rate), ofGamma), -count);
  const shift = tf.div(tf.mul(scale, ofBeta), -count);
  return [tf.add(tf.add(tf.mul(dy, scale), tf.mul(centred, slope)), shift), ofGamma, ofBeta];
}

function axesBeforeLast(x: Tensor): number[] {
  return x.shape.slice(1).map((_, axis) => axis);
}

function asImages(x: Tensor): Tensor4D {
  const channels = x.shape.at(-1)!;
  return tf.reshape(x, [x.size / channels, 1, 1, channels]);
}
