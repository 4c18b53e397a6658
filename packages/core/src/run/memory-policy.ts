import type { Backend } from '../runtime/backend.ts';

/** What a run would need, as far as shapes tell. */
export interface MemoryEstimate {
  readonly batchRows: number;
  /** Weights, gradients and optimizer slots. */
  readonly studentBytes: number;
  /** What one sample of a batch keeps alive in forward and backward pass, about. */
  readonly bytesPerRow: number;
  readonly teachers: readonly { readonly id: string; readonly bytes: number }[];
  /** All stored teacher signals, if they are held in memory. */
  readonly signalBytes: number;
}

/** How a run uses memory. */
export interface MemoryPlan {
  /** Rows of a micro-batch; gradients accumulate over the micro-batches of a batch. Undefined: the whole batch at once. */
  readonly microBatch?: number;
  /** Teachers answer once before training (`stored`), or for each batch (`live`). Default stored. */
  readonly teachers?: 'stored' | 'live';
  /** Live teachers that stay in memory; the others are opened for their turn. Default all. */
  readonly resident?: readonly string[];
}

export interface ExhaustedEvent {
  readonly plan: MemoryPlan;
  readonly batchRows: number;
  readonly error: Error;
}

/** Decides what is kept in memory. What a policy promises is asserted against the backend's own figures. */
export interface MemoryPolicy {
  readonly label: string;
  /** Before the first tensor. */
  configure?(backend: Backend): void | Promise<void>;
  plan(estimate: MemoryEstimate): MemoryPlan;
  /** The backend ran out: a smaller plan to retry the same step with, or undefined to stop. */
  onExhausted?(event: ExhaustedEvent): MemoryPlan | undefined;
}
