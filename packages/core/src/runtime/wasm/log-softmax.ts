import { LogSoftmax } from '@tensorflow/tfjs-core';
import type { LogSoftmaxAttrs } from '@tensorflow/tfjs-core';
import { floats, makeFloats, sizeOf } from './kernel-calls.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/** Logarithm of softmax over the last axis in one pass; of the backend's own kernels it would take six. */
export const logSoftmax: TrainingKernel = trainingKernel<'logits', LogSoftmaxAttrs>(LogSoftmax, () => ({ inputs: { logits }, backend }) => {
  const result = makeFloats(backend, logits.shape);
  const columns = logits.shape.at(-1) ?? 1;
  const from = floats(backend, logits);
  const to = floats(backend, result);
  for (let row = 0; row < sizeOf(logits); row += columns) {
    let highest = -Infinity;
    for (let i = row; i < row + columns; i++) if (!(from[i]! <= highest)) highest = from[i]!;
    let total = 0;
    for (let i = row; i < row + columns; i++) total += Math.exp(from[i]! - highest);
    const norm = Math.log(total);
    // Subtracted one after the other: the sum of both would lose a small norm beside a large logit.
    for (let i = row; i < row + columns; i++) to[i] = from[i]! - highest - norm;
  }
  return result;
});
