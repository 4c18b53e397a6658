/** One line of a training's history: the means of an epoch. */
export type EpochNumbers = Readonly<Record<string, number>>;

export interface Trained {
  readonly steps: number;
  readonly history: readonly EpochNumbers[];
  /** The epoch whose weights the student has, from 0, where it was validated and the best is kept. */
  readonly bestEpoch?: number;
  /** Why training ended before its last epoch: it was no better for a while, or a plugin asked for it. */
  readonly stopped?: string;
}
