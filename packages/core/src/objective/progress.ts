/** Where a run stands; the only clock that schedules know. */
export interface Progress {
  /** Steps done, from 0. */
  readonly step: number;
  /** Planned number of steps. */
  readonly steps: number;
  /** Epoch of this step, from 0. */
  readonly epoch: number;
  readonly epochs: number;
}
