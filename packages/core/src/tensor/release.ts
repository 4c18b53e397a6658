import { engine, type Tensor } from '@tensorflow/tfjs-core';

/** Gives a kept tensor back to the scope that is open now, which disposes it unless it is returned. */
export function release<T extends Tensor>(tensor: T): T {
  tensor.kept = false;
  // The typings keep `track` private; it is how the engine itself hands a tensor to the scope that is open.
  (engine() as unknown as { track(tensor: Tensor): Tensor }).track(tensor);
  return tensor;
}
