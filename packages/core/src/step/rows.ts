import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { BatchLayout, RowRange } from './batch.ts';

/** The rows of one part of a batch; the tensor itself when the part is the whole. */
export function rowsOf(tensor: Tensor, [start, end]: RowRange, { rows }: BatchLayout): Tensor {
  if (start === 0 && end === rows) return tensor;
  const rest = tensor.shape.slice(1);
  return tf.slice(tensor, [start, ...rest.map(() => 0)], [end - start, ...rest]);
}
