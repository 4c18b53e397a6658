import { engine, type Tensor } from '@tensorflow/tfjs-core';

/**
 * The gradients of what `compute` gives with respect to `inputs`, also inside the backward pass of another tape. Where
 * `compute` throws, what the tape has kept for them is freed.
 *
 * @param dy the gradient of the result; 1 for a scalar when left out
 */
export function onTape(compute: () => Tensor, inputs: Tensor[], dy?: Tensor): { readonly value: Tensor; readonly grads: (Tensor | undefined)[] } {
  const { state } = engine();
  const { activeTape: outer, gradientDepth } = state;
  try {
    return engine().gradients(compute, inputs, dy, true);
  } catch (error) {
    if (gradientDepth === 0) for (const { saved } of state.activeTape ?? []) for (const tensor of saved ?? []) tensor.dispose();
    throw error;
  } finally {
    // A new tape begins by forgetting the one before, whose backward pass may be under way.
    if (gradientDepth === 0) state.activeTape = outer;
  }
}
