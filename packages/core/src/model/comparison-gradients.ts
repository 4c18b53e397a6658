import { Equal, getGradient, Greater, GreaterEqual, Less, LessEqual, LogicalAnd, LogicalNot, LogicalOr, NotEqual, registerGradient, zeros, type Tensor } from '@tensorflow/tfjs-core';

/** Operations that give true or false, and their inputs. */
const COMPARISONS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries([Equal, NotEqual, Greater, GreaterEqual, Less, LessEqual, LogicalAnd, LogicalOr].map((name) => [name, ['a', 'b']])),
  [LogicalNot]: ['x'],
};

/**
 * Gives comparisons the gradient zero, where they have none. TensorFlow.js fails without one, so that `where(greater(x, 0), …)`
 * and layers made of it could not be trained.
 */
export function addComparisonGradients(): void {
  for (const [kernelName, inputs] of Object.entries(COMPARISONS)) {
    if (getGradient(kernelName)) continue;
    registerGradient({ kernelName, inputsToSave: [...inputs], gradFunc: (_, saved) => Object.fromEntries(inputs.map((name, i) => [name, (): Tensor => zeros(saved[i]!.shape)])) });
  }
}
