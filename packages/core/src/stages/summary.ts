import type { Plain } from '../objective/alpha.ts';
import type { Score } from '../run/evaluate.ts';

/** How a trained student does. `accuracy` is about its first head. */
export interface StudentSummary {
  /** On the test data, from 0 to 1; absent without any, and of a head of values. */
  readonly accuracy?: number;
  /** By label space: every head that the test data has labels for. */
  readonly heads: Readonly<Record<string, Score>>;
  /** Trained and untrained numbers. */
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
  /** Test samples that it was judged on. */
  readonly samples: number;
  /** The label space that it speaks. */
  readonly space: string;
  /** How many it knows (values: dimensions). */
  readonly classes: number;
  /** How many numbers it has learned; 0 where that is not known. */
  readonly parameters: number;
  /** By this run. */
  readonly trained: boolean;
  /** As of a student. */
  readonly bestEpoch?: number;
  /** Of its weights as they were asked, or what else names its answers. */
  readonly hash: string;
}

/** What a run found, as it is written to `summary.json`. */
export interface Summary {
  /** Grows when a key changes its meaning. */
  readonly schema: 1;
  readonly name: string;
  readonly seed: number;
  /** What computed, e.g. `wasm`. */
  readonly backend: string;
  /** The resolved objective as one line. */
  readonly objective: string;
  /** By name, in the order of the config. */
  readonly teachers: Readonly<Record<string, TeacherSummary>>;
  readonly student: StudentSummary;
  /** The same student on its labels alone, where `compare` asked for it. */
  readonly baseline?: StudentSummary;
  /** The same student with every label, where `compare` asked for it. */
  readonly ceiling?: StudentSummary;
  /** Numbers of samples; `labelled` are those whose label the student saw. */
  readonly data: { readonly train: number; readonly labelled: number; readonly test: number; /** Samples that judged the epochs, where there are some. */ readonly validation?: number };
  /** Of the student's training. */
  readonly steps: number;
  /** Wall-clock seconds a stage, as this call saw them; 0 for a stage that was skipped. `kd run` writes down what such a stage took when it last did something. */
  readonly seconds: Readonly<Record<string, number>>;
  /** Of kd and of what computes. */
  readonly versions: Readonly<Record<string, string>>;
  /** Of the data, and of the teachers' answers: the same where the same was learned from. */
  readonly hashes: { readonly train: string; readonly test?: string; readonly validation?: string; readonly distillationData: string };
  /** Means of each epoch of the student's training. */
  readonly history: readonly Readonly<Record<string, number>>[];
  /** What plugins added under their own names. */
  readonly sections: Readonly<Record<string, Plain>>;
}
