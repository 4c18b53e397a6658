import type { Value } from './value.ts';

/** What a recurrent layer gives. */
export interface Sequence {
  /** `[batch, steps, units]`, in the order of computing. */
  readonly steps: Value;
  /** The states after the last step, `[batch, units]` each; the first is the last output. */
  readonly last: readonly Value[];
}
