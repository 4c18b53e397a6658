import { add, mul, relu, sign, type KernelConfig, type StepAttrs, type Tensor } from '@tensorflow/tfjs-core';
import { kernel } from '../kernel.ts';

/** 1 above zero, `alpha` elsewhere, NaN where there is NaN: of the usual `alpha`, 0, two operations in place of six. */
export const step: KernelConfig = kernel<'x', StepAttrs>('Step', ({ inputs, attrs: { alpha } }) => {
  const x = inputs.x as Tensor;
  const steps = sign(relu(x));
  return alpha === 0 ? steps : add(mul(steps, 1 - alpha), alpha);
});
