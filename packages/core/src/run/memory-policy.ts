import type { Backend } from '../runtime/backend.ts';

/** What a run would need, as far as shapes tell. Bytes. */
export interface MemoryEstimate {
  /** Rows of the largest batch. */
  readonly batchRows: number;
  /** Weights, gradients and optimizer slots. */
  readonly studentBytes: number;
  /** What one sample of a batch keeps alive in forward and backward pass, about. */
  readonly bytesPerRow: number;
  /** The same where activations are recomputed; undefined where the student cannot do that. */
  readonly recomputedBytesPerRow?: number | undefined;
  /** What one sample keeps alive in a forward pass alone, about: the student's, or the teacher's that keeps most. */
  readonly forwardBytesPerRow: number;
  /** Bytes of each one's weights. */
  readonly teachers: readonly { readonly id: string; readonly bytes: number }[];
  /** All stored teacher signals, if they are held in memory. */
  readonly signalBytes: number;
}

/** How a run uses memory. */
export interface MemoryPlan {
  /** Rows of a micro-batch; gradients accumulate over the micro-batches of a batch. Undefined: the whole batch at once. */
  readonly microBatch?: number;
  /** Activations are not kept for the backward pass but computed again. */
  readonly recompute?: boolean;
  /** The most rows of a forward pass alone: when models are judged, and when teachers answer before training. Default: up to 1000. */
  readonly forwardRows?: number;
  /** Teachers answer once before training (`stored`), or for each batch (`live`). Default stored. */
  readonly teachers?: 'stored' | 'live';
  /** Live teachers that stay in memory; the others are opened for their turn. Default all. */
  readonly resident?: readonly string[];
}

export interface ExhaustedEvent {
  /** What the step was tried with. */
  readonly plan: MemoryPlan;
  /** Rows of the whole batch. */
  readonly batchRows: number;
  /** What the runtime said as it ran out. */
  readonly error: Error;
}

/** Decides what is kept in memory. What a policy promises is asserted against the backend's own figures. */
export interface MemoryPolicy {
  /** For `kd check`. */
  readonly label: string;
  /** What may be relied on, in one sentence for people; `kd check` shows it. */
  readonly promise?: string;
  /** It keeps to a number of bytes: neither the next batch nor the next step is begun while one runs. */
  readonly boundsBytes?: boolean;
  /** The most bytes that the runtime itself will hold, where it is told so; `kd check` compares the estimate with it. */
  readonly limitBytes?: number;
  /** Before the first tensor. */
  configure?(backend: Backend): void | Promise<void>;
  /** Says how memory is used, before the first step. Pure. */
  plan(estimate: MemoryEstimate): MemoryPlan;
  /** The backend ran out: a smaller plan to retry the same step with, or undefined to stop. */
  onExhausted?(event: ExhaustedEvent): MemoryPlan | undefined;
}
