import { targetOf, type AlphaScheduler } from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import { expectNoLeak } from '../no-leak.ts';
import { normals, read, show } from '../numbers.ts';
import { attempt, type Fail } from '../fail.ts';

const LABELS = [0, 1, 2, -1];

/** One α a sample: shape `[batch]`, from 0 to 1, with and without labels. */
export async function checkPerSample(perSample: NonNullable<AlphaScheduler['perSample']>, fail: Fail): Promise<void> {
  const logits = normals('teacher', [LABELS.length, 3], 2) as Tensor2D;
  const labels = tf.tensor1d(LABELS, 'int32');
  const alpha = tf.scalar(0.4) as Scalar;
  const compute = (): tf.Tensor => attempt(fail, 'α of samples can be computed', () => perSample({ labels, targets: { soft: targetOf(logits) }, alpha }));
  const shape = tf.tidy(() => compute().shape);
  if (String(shape) !== String(labels.shape)) fail(`there is one α a sample, shape [${labels.shape.join(', ')}]`, `the shape is [${shape.join(', ')}]`);
  const values = await read(tf.tidy(() => tf.clone(compute())));
  if (!values.every((value) => value >= 0 && value <= 1)) fail('each sample’s α is from 0 to 1', show(values));
  expectNoLeak(fail, () => tf.tidy(() => void compute()));
  tf.dispose([logits, labels, alpha]);
}
