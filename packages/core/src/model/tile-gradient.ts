import { getGradient, registerGradient, reshape, sum, Tile, unregisterGradient, type Tensor, type TileAttrs } from '@tensorflow/tfjs-core';

let replaced = false;

/**
 * Replaces the gradient of `tile`. TensorFlow.js cuts it into one slice a repetition, and layer normalisation repeats
 * along every axis: tens of thousands of operations in one step of a transformer. A sum over the repetitions is the same.
 */
export function replaceTileGradient(): void {
  if (replaced) return;
  replaced = true;
  if (getGradient(Tile)) unregisterGradient(Tile);
  registerGradient({
    kernelName: Tile,
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attrs) => ({ x: () => sumOfRepetitions(dy as Tensor, saved[0]!.shape, (attrs as unknown as TileAttrs).reps) }),
  });
}

/** @param dy of the shape that `tile(x, reps)` has → of the shape of `x` */
function sumOfRepetitions(dy: Tensor, shape: readonly number[], reps: readonly number[]): Tensor {
  const split: number[] = [];
  const repeated: number[] = [];
  shape.forEach((length, axis) => {
    if (reps[axis]! !== 1) repeated.push(split.push(reps[axis]!) - 1);
    split.push(length);
  });
  return repeated.length === 0 ? dy : reshape(sum(reshape(dy, split), repeated), [...shape]);
}
