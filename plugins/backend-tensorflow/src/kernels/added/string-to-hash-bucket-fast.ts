import type { KernelConfig, StringToHashBucketFastAttrs } from '@tensorflow/tfjs-core';
import { int } from '../attribute.ts';
import { kernel } from '../kernel.ts';

export const stringToHashBucketFast: KernelConfig = kernel<'input', StringToHashBucketFastAttrs>('StringToHashBucketFast', ({ inputs: { input }, attrs: { numBuckets }, backend }) =>
  backend.executeSingleOutput('StringToHashBucketFast', [int('num_buckets', numBuckets)], [input]));
