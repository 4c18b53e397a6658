import { add, addN, div, minimum, mul, scalar, sqrt, tidy, type Scalar } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../../tensor/named-tensors.ts';
import { sumOfSquares } from '../../tensor/sum-of-squares.ts';

/** The Euclidean norm of all gradients taken together: the root of the sum of all squares; 0 when there are none. */
export function globalNorm(gradients: Readonly<NamedTensors>): Scalar {
  return tidy(() => {
    const squares = Object.values(gradients).map(sumOfSquares);
    return squares.length === 0 ? scalar(0) : sqrt(addN(squares));
  });
}

/**
 * Shrinks all gradients by one factor, `min(1, maxNorm / (norm + 1e-6))`, so that their norm is at most `maxNorm`
 * (above 0). The result is new tensors; the gradients are not disposed.
 *
 * Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013; factor as in PyTorch.
 */
export function clipByGlobalNorm(gradients: Readonly<NamedTensors>, maxNorm: number): NamedTensors {
  return tidy(() => {
    const factor = minimum(div(maxNorm, add(globalNorm(gradients), 1e-6)), 1);
    return Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, mul(gradient, factor)]));
  });
}
