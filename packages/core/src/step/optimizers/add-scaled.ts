import { add, mul, sub, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { replace } from '../../tensor/replace.ts';

/** `a + factor · b`: two kernels, no temporary left behind. */
export function addScaled(a: Tensor, b: Tensor, factor: Scalar | number): Tensor {
  return replace(mul(b, factor), (scaled) => add(a, scaled));
}

/** `a − factor · b`: two kernels, no temporary left behind. */
export function subScaled(a: Tensor, b: Tensor, factor: Scalar | number): Tensor {
  return replace(mul(b, factor), (scaled) => sub(a, scaled));
}
