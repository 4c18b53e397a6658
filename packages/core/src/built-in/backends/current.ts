import { getBackend, memory, ready } from '@tensorflow/tfjs-core';
import { defineBackend, type Strategy } from '../../plugin/strategy.ts';

/** Whatever TensorFlow.js computes with already: a backend that the calling program has set up. */
export const current: Strategy<'backend', unknown, {}> = defineBackend({
  name: 'current',
  summary: 'The backend that TensorFlow.js is set to; never chosen by itself.',
  create: () => ({
    name: getBackend() ?? 'current',
    rank: 0,
    available: async () => (getBackend() ? true : 'TensorFlow.js has no backend yet'),
    start: () => ready(),
    memory: () => ({ tensors: memory().numTensors, bytes: memory().numBytes }),
  }),
});
