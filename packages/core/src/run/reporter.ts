/** How far a unit of work is. */
export interface WorkProgress {
  readonly stage: string;
  readonly unit: string;
  readonly done: number;
  readonly total: number;
  /** What `done` counts, e.g. `steps`. */
  readonly what: string;
  /** A few numbers worth watching. */
  readonly numbers?: Readonly<Record<string, number>>;
}

/** Told what a run does. A terminal, a log file or a program listens. */
export interface Reporter {
  stageStart?(stage: string): void;
  /** `skipped`: nothing that the stage depends on has changed. */
  stageEnd?(stage: string, outcome: { readonly skipped: boolean; readonly seconds: number }): void;
  unitSkipped?(stage: string, unit: string): void;
  progress?(progress: WorkProgress): void;
  note?(message: string): void;
  warn?(message: string): void;
}

/** Says nothing. */
export const silent: Reporter = {};
