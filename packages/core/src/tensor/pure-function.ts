import type { NamedTensors } from './named-tensors.ts';

/** A function of named tensors alone: it reads no data, and every number that changes between calls comes in as a tensor. */
export type PureFunction = (inputs: Readonly<NamedTensors>) => NamedTensors;

/** A pure function that a backend runs as one call. Its inputs stay the caller's; what it returns is the caller's too. */
export interface CompiledFunction {
  (inputs: Readonly<NamedTensors>): NamedTensors;
  /** Frees what was recorded; a later call records it again. */
  dispose(): void;
}

export interface CompileHints {
  /** It goes through its tensors element by element, as optimizers do: a backend may make one pass over memory of it. */
  readonly elementwise?: boolean;
}

/**
 * Makes a pure function one call; inside another compiled function it is a part of that.
 *
 * @param name for messages, e.g. `the training step`
 */
export type Compile = (name: string, fn: PureFunction, hints?: CompileHints) => CompiledFunction;
