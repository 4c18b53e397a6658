import type { NamedTensors } from './named-tensors.ts';

/** A function of named tensors alone: it reads no data, and every number that changes between calls comes in as a tensor. */
export type PureFunction = (inputs: Readonly<NamedTensors>) => NamedTensors;

/** A pure function that a backend runs as one call. Its inputs stay the caller's; what it returns is the caller's too. */
export interface CompiledFunction {
  (inputs: Readonly<NamedTensors>): NamedTensors;
  /** Frees what was recorded; a later call records it again. */
  dispose(): void;
}

/** Makes a pure function one call. @param name for messages, e.g. `the training step` */
export type Compile = (name: string, fn: PureFunction) => CompiledFunction;
