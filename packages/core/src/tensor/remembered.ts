import type { Tensor } from '@tensorflow/tfjs-core';

/** Makes a tensor when it is first asked for, and again where the scope that made it is gone. */
export function remembered<T extends Tensor>(make: () => T): () => T {
  let known: T | undefined;
  return () => {
    if (!known || known.isDisposed) known = make();
    return known;
  };
}
