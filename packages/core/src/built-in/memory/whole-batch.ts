import { defineMemoryPolicy, type Strategy } from '../../plugin/strategy.ts';

/** The default: whole batches, stored teachers, stop when memory runs out. */
export const wholeBatch: Strategy<'memory', unknown, {}> = defineMemoryPolicy({
  name: 'whole-batch',
  summary: 'Whole batches at once; teachers answer once, before training.',
  create: () => ({ label: 'whole batches, stored teachers', promise: 'Whole batches, and a stop where memory runs out.', plan: () => ({}) }),
});
