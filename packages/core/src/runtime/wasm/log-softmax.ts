import { LogSoftmax } from '@tensorflow/tfjs-core';
import type { LogSoftmaxAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { exponential } from './exponential.ts';
import { floats, makeFloats, release, run, sizeOf } from './kernel-calls.ts';
import { trainingKernel, type TrainingKernel } from './training-kernel.ts';

/** From here on the native kernels' vector unit makes up for the calls that they cost. */
const LARGE = 16_384;

/** Logarithm of softmax over the last axis. */
export const logSoftmax: TrainingKernel = trainingKernel<'logits', LogSoftmaxAttrs>(LogSoftmax, () => ({ inputs: { logits }, backend }) =>
  sizeOf(logits) < LARGE ? inOnePass(backend, logits) : ofNativeKernels(backend, logits));

function inOnePass(backend: BackendWasm, logits: TensorInfo): TensorInfo {
  const result = makeFloats(backend, logits.shape);
  const columns = logits.shape.at(-1) ?? 1;
  const from = floats(backend, logits);
  const to = floats(backend, result);
  for (let row = 0; row < from.length; row += columns) {
    let highest = -Infinity;
    // NaN becomes the highest, and the row with it.
    for (let i = row; i < row + columns; i++) if (!(from[i]! <= highest)) highest = from[i]!;
    let total = 0;
    for (let i = row; i < row + columns; i++) total += exponential(from[i]! - highest);
    const norm = highest + Math.log(total);
    for (let i = row; i < row + columns; i++) to[i] = from[i]! - norm;
  }
  return result;
}

function ofNativeKernels(backend: BackendWasm, logits: TensorInfo): TensorInfo {
  const overRows = { axis: [logits.shape.length - 1], reductionIndices: [logits.shape.length - 1], keepDims: true };
  const highest = run(backend, 'Max', { x: logits }, overRows);
  const shifted = run(backend, 'Sub', { a: logits, b: highest });
  const powers = run(backend, 'Exp', { x: shifted });
  const totals = run(backend, 'Sum', { x: powers }, overRows);
  const norms = run(backend, 'Log', { x: totals });
  const result = run(backend, 'Sub', { a: shifted, b: norms });
  release(backend, highest, shifted, powers, totals, norms);
  return result;
}
