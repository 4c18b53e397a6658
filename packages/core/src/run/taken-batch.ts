import type { NamedTensors } from '../tensor/named-tensors.ts';

/** A step over a batch, whose numbers say whether it should be made. */
export interface TakenBatch {
  readonly stats: Readonly<Record<string, number>>;
  /** The new state. Consumes the old one. */
  accept(): NamedTensors;
  /** Frees what was computed; the old state goes on. */
  reject(): void;
}
