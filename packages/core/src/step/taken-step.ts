import type { Tensor1D } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../tensor/named-tensors.ts';

/** A step that was computed and not yet made: its stats say whether it should be. The old state is untouched until then. */
export interface TakenStep {
  /** Laid out by the step's stats; the caller's. */
  readonly stats: Tensor1D;
  /** The state that {@link accept} will give, where another step can be taken from it already. */
  readonly ahead?: Readonly<NamedTensors>;
  /** The new state. Consumes the old one. */
  accept(): NamedTensors;
  /** Frees what was computed; the old state goes on. */
  reject(): void;
}
