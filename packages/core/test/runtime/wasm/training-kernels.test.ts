import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { registerTrainingKernels } from '../../../src/runtime/wasm/training-kernels.ts';
import { startWasm } from '../../../src/runtime/wasm/start-wasm.ts';

const names = ['BatchMatMul', 'Conv2DBackpropFilter', 'Conv2DBackpropInput', 'DepthwiseConv2dNativeBackpropFilter', 'UnsortedSegmentSum', 'Sum'];
const inPlace = (): unknown[] => names.map((name) => tf.getKernel(name, 'wasm')?.kernelFunc);

it('registering again changes nothing', () => {
  const before = inPlace();
  registerTrainingKernels();
  const first = inPlace();
  registerTrainingKernels();
  expect(inPlace()).toEqual(first);
  expect(first.every((kernel, index) => typeof kernel === 'function' && kernel !== before[index])).toBe(true);
});

it('starting makes wasm the backend, once or twice', async () => {
  await startWasm();
  await startWasm();
  expect(tf.getBackend()).toBe('wasm');
  expect(tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3, 4]]), false, true).dataSync()[0]).toBe(11);
});

it('clones share their values and outlive each other', () => {
  const x = tf.tensor1d([1, 2, 3]);
  const copies = [tf.clone(x), tf.cast(x, 'float32')];
  x.dispose();
  copies[0]!.dispose();
  expect(Array.from(copies[1]!.dataSync())).toEqual([1, 2, 3]);
  copies[1]!.dispose();
  expect(tf.engine().backend.numDataIds()).toBe(tf.memory().numDataBuffers);
});
