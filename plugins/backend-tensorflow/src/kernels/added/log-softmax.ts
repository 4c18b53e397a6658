import { LogSoftmax, type KernelConfig, type LogSoftmaxAttrs } from '@tensorflow/tfjs-core';
import { types } from '../attribute.ts';
import { kernel } from '../kernel.ts';

/** Over the last axis, the only one that TensorFlow.js asks for. */
export const logSoftmax: KernelConfig = kernel<'logits', LogSoftmaxAttrs>(LogSoftmax, ({ inputs: { logits }, backend }) =>
  backend.executeSingleOutput('LogSoftmax', types({ T: 'float32' }), [logits]));
