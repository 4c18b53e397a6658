import type { Plain } from '../objective/alpha.ts';
import type { Score } from '../run/evaluate.ts';

/** How a trained student does. `accuracy` is about its first head. */
export interface StudentSummary {
  readonly accuracy?: number;
  readonly heads: Readonly<Record<string, Score>>;
  readonly parameters: number;
  /** The epoch whose weights it has, from 0, where `data.validation` has chosen the best one. */
  readonly bestEpoch?: number;
  /** sha256 of the trained weights. */
  readonly hash: string;
}

export interface TeacherSummary {
  /** On the test samples that its own label space covers. */
  readonly accuracy?: number;
  /** In place of `accuracy`, of a teacher of values. */
  readonly meanSquaredError?: number;
  readonly samples: number;
  readonly space: string;
  readonly classes: number;
  readonly parameters: number;
  readonly trained: boolean;
  /** As of a student. */
  readonly bestEpoch?: number;
  readonly hash: string;
}

/** What a run found, as it is written to `summary.json`. */
export interface Summary {
  readonly schema: 1;
  readonly name: string;
  readonly seed: number;
  readonly backend: string;
  /** The resolved objective as one line. */
  readonly objective: string;
  readonly teachers: Readonly<Record<string, TeacherSummary>>;
  readonly student: StudentSummary;
  readonly baseline?: StudentSummary;
  readonly ceiling?: StudentSummary;
  readonly data: { readonly train: number; readonly labelled: number; readonly test: number; /** Samples that judged the epochs, where there are some. */ readonly validation?: number };
  readonly steps: number;
  /** Wall-clock seconds a stage, as this call saw them; 0 for a stage that was skipped. `kd run` writes down what such a stage took when it last did something. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly hashes: { readonly train: string; readonly test?: string; readonly validation?: string; readonly distillationData: string };
  /** Means of each epoch of the student's training. */
  readonly history: readonly Readonly<Record<string, number>>[];
  /** What plugins added under their own names. */
  readonly sections: Readonly<Record<string, Plain>>;
}
