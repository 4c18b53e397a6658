import { engine, type Scalar, type Tensor } from '@tensorflow/tfjs-core';

/** The gradients of a scalar with respect to `weights`. Where `compute` throws, what the tape has kept for them is freed. */
export function onTape(compute: () => Scalar, weights: Tensor[]): { readonly value: Tensor; readonly grads: Tensor[] } {
  try {
    return engine().gradients(compute, weights, undefined, true);
  } catch (error) {
    const { state } = engine();
    if (state.gradientDepth === 0) {
      for (const { saved } of state.activeTape ?? []) for (const tensor of saved ?? []) tensor.dispose();
      state.activeTape = [];
    }
    throw error;
  }
}
