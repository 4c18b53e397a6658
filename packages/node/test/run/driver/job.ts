import type { KdConfig } from '@kd/core';

/** The n-th event with this label (the first, if no count is given), or, with a star at its end, whose label starts like this. */
export interface At {
  readonly label: string;
  readonly count?: number;
}

/** What one process is to do. */
export interface Job {
  /** The run's folder. */
  readonly folder: string;
  /** Where the data lies. */
  readonly base: string;
  /** Which of the configs. */
  readonly variant?: string;
  /** Keys that replace those of the config. */
  readonly changes?: Partial<KdConfig>;
  /** Ends itself there by a real SIGKILL. */
  readonly kill?: At;
  /** Sends itself a real SIGTERM there. */
  readonly signal?: At;
  /** Asks itself to stop there, without a signal: after exactly this step. */
  readonly stop?: At;
  /** Says `paused` there and waits for a line. */
  readonly pause?: At;
}

/** What a process that was not killed says of itself. */
export interface Outcome {
  readonly done: boolean;
  readonly code?: string;
  readonly exitCode?: number;
  readonly message?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Changes to files, steps, stages, in order. */
  readonly events: readonly string[];
  readonly warnings: readonly string[];
  readonly skipped: readonly string[];
  /** From the signal to the end. */
  readonly milliseconds?: number;
}
