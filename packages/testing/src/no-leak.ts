import * as tf from '@tensorflow/tfjs-core';
import type { Fail } from './fail.ts';

/** Runs something until it is warm, then holds it to leaving as many tensors as it found. */
export function expectNoLeak(fail: Fail, run: () => void): void {
  run();
  run();
  const before = tf.memory().numTensors;
  run();
  const left = tf.memory().numTensors - before;
  if (left !== 0) fail('the number of tensors after a call is that before it', `${left} more are left; do not keep tensors or make variables in a call`);
}
