import { log, scalar, tensor1d, type KernelConfig, type MultinomialAttrs, type Tensor } from '@tensorflow/tfjs-core';
import { types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

/** A pure function of its seed: the same seed draws the same samples. */
export const multinomial: KernelConfig = kernel<'logits', MultinomialAttrs>('Multinomial', ({ inputs, attrs: { numSamples, seed, normalized }, backend }) => {
  const logits = normalized ? log(inputs.logits as Tensor) : inputs.logits;
  // A seed between 0 and 1 is as good as a whole one.
  const key = new Int32Array(Float64Array.of(seed).buffer);
  return backend.executeSingleOutput('StatelessMultinomial', types({ T: logits.dtype, Tseed: 'int32', output_dtype: 'int32' }), [logits, scalar(numSamples, 'int32'), tensor1d(key)]);
});
