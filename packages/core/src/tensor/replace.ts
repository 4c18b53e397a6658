import type { Tensor } from '@tensorflow/tfjs-core';

/** `next(tensor)`, with `tensor` freed at once instead of at the end of the surrounding `tidy`. */
export function replace<T extends Tensor>(tensor: T, next: (tensor: T) => T): T {
  const result = next(tensor);
  tensor.dispose();
  return result;
}
