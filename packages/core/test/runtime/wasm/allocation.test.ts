import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { useWasm } from './backends.ts';

useWasm();

it('says so when memory runs out, and goes on', () => {
  // The memory grows only where there is room, so that nothing is taken here; the second size no longer fits into an address.
  for (let i = 0; i < 2; i++) expect(() => tf.fill([1_073_730_000], 1)).toThrow('ran out of memory: 4294920000 bytes');
  expect(() => tf.add(tf.zeros([50_000, 1]), tf.zeros([1, 50_000]))).toThrow('ran out of memory: 10000000000 bytes');
  expect([...tf.fill([3], 2).dataSync()]).toEqual([2, 2, 2]);
});
