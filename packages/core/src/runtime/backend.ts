import type { Tensor1D } from '@tensorflow/tfjs-core';
import type { Compile } from '../tensor/pure-function.ts';
import type { RandomSource } from '../tensor/random.ts';

/** What a runtime holds right now. */
export interface MemoryUse {
  /** How many tensors are held. */
  readonly tensors: number;
  /** Of all tensors that are held. */
  readonly bytes: number;
  /** The most bytes held at once so far, where the runtime counts them. */
  readonly peakBytes?: number;
}

/** How a runtime is to use its device; what it cannot do is an error of its {@link Backend.configure}. */
export interface DeviceSettings {
  /** Takes memory as it is needed instead of all at once. */
  readonly growth?: boolean;
  /** The most bytes that the runtime may take of the device. */
  readonly limitBytes?: number;
  /** Which of the machine's devices: `cpu`, `gpu`, `gpu:1`. */
  readonly device?: string;
  /** Name of the allocator, e.g. `cuda_malloc_async`. */
  readonly allocator?: string;
}

/** A runtime that computes. */
export interface Backend {
  /** As `backend` of a config names it, and as results name what they were computed with. */
  readonly name: string;
  /** True, or why it can't be used here. */
  available(): Promise<true | string>;
  /** Before {@link start}: how the device is used. Left out: nothing can be set. */
  configure?(settings: DeviceSettings): void;
  /** Makes it the one that TensorFlow.js computes with. */
  start(): Promise<void>;
  /** What is held right now. */
  memory(): MemoryUse;
  /** Begins to count {@link MemoryUse.peakBytes} anew. */
  resetPeak?(): void;
  /** Higher is faster; `auto` takes the fastest that is available. */
  readonly rank: number;
  /** Copies the array that a tensor is made of, at the latest when the tensor is first used. */
  readonly copiesValues?: boolean;
  /** The values of its tensors can be read without waiting for the event loop; nothing else could run meanwhile anyway. */
  readonly readsAtOnce?: boolean;
  /** A compiled function may still run when it returns; whoever reads its tensors waits, and hears if it failed. The next step is begun meanwhile. */
  runsAhead?: boolean;
  /** Records a pure function once for each shape of its inputs and runs it as one call. */
  compile?: Compile;
  /** Where it tells what a run should hear of; set by the run. */
  warn?: (message: string) => void;
  /**
   * Random tensors as pure functions of a key, so that they can be recorded: int32 `[2]`, another one for each step.
   * Left out: random numbers are made on the host.
   */
  random?(key: Tensor1D): RandomSource;
}
