import type { NamedTensors } from '../tensor/named-tensors.ts';

/** What a runtime holds right now. */
export interface MemoryUse {
  readonly tensors: number;
  readonly bytes: number;
}

/** A pure function of named tensors, as a backend may compile it. */
export type PureFunction = (inputs: Readonly<NamedTensors>) => NamedTensors;

/** A runtime that computes. */
export interface Backend {
  readonly name: string;
  /** True, or why it can't be used here. */
  available(): Promise<true | string>;
  /** Makes it the one that TensorFlow.js computes with. */
  start(): Promise<void>;
  memory(): MemoryUse;
  /** Higher is faster; `auto` takes the fastest that is available. */
  readonly rank: number;
  /** Records a pure function once and runs it as one call. */
  compile?(name: string, fn: PureFunction): PureFunction;
}
