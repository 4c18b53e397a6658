/** How far a unit of work is. */
export interface WorkProgress {
  readonly stage: string;
  /** The training, or the teacher that is asked. */
  readonly unit: string;
  readonly done: number;
  /** What `done` is when the unit is done. */
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
  /** A training whose stored result is used again. */
  unitSkipped?(stage: string, unit: string): void;
  /** Now and then while a stage works; not for every step. */
  progress?(progress: WorkProgress): void;
  /** Something worth knowing that asks for nothing. */
  note?(message: string): void;
  /** Something that the user should look at; the run goes on. */
  warn?(message: string): void;
}

/** Says nothing. */
export const silent: Reporter = {};
