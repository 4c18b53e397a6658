import { getGradient, registerGradient, reshape, sum, Tile, unregisterGradient, type GradConfig, type Tensor, type TileAttrs } from '@tensorflow/tfjs-core';

const ours: GradConfig = {
  kernelName: Tile,
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attrs) => ({ x: () => sumOfRepetitions(dy as Tensor, saved[0]!.shape, (attrs as unknown as TileAttrs).reps) }),
};

/**
 * Replaces the gradient of `tile`. TensorFlow.js cuts it into one slice a repetition, and layer normalisation repeats
 * along every axis: tens of thousands of operations in one step of a transformer. A sum over the repetitions is the same.
 * Another copy of TensorFlow.js in the process, loaded later, puts its own in this one's place; then it is replaced again.
 */
export function replaceTileGradient(): void {
  const known = getGradient(Tile);
  if (known === ours) return;
  if (known) unregisterGradient(Tile);
  registerGradient(ours);
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
