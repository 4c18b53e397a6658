import type { NamedTensors } from '../tensor/named-tensors.ts';
import type { StoredSignals } from './signal-source.ts';
import type { LabelSpace } from '../labels/label-space.ts';

/** What a teacher's outputs are; `logits` unless it says otherwise. */
export type TeacherOutput = 'logits' | 'probabilities' | 'log-probabilities' | 'values';

/** What is known of a teacher before it answers. */
export interface TeacherManifest {
  /** Its name in the config. */
  readonly id: string;
  /** What its answers are about, in the order of its outputs. */
  readonly space: LabelSpace;
  /** sha256 of weights and description, or another name that changes with its answers. */
  readonly hash: string;
  /** How many numbers it has learned; 0 where that is not known. */
  readonly parameters: number;
  /** The named inputs (modalities) that it reads, as far as it says; it is given all of them. */
  readonly inputs: readonly string[];
}

/** A source of teacher signals: a model, a function or stored predictions. */
export interface Teacher {
  /** What is known of it without asking. */
  readonly manifest: TeacherManifest;
  /** Layers whose features this teacher can give. */
  hasFeature(layer: string): boolean;
  /**
   * Answers for a batch: `logits` (or `values`, or `indices`, `logProbabilities` and `tail`) and
   * `features/<layer>` for the layers asked for. Synchronous where it can be, so that it may run inside `tidy`.
   */
  signals(inputs: Readonly<NamedTensors>, features: readonly string[]): NamedTensors | Promise<NamedTensors>;
  /** The answers themselves, for a teacher that has answered before: addressed by sample id, nothing is asked again. */
  stored?(samples: { readonly size: number; id(row: number): string }): StoredSignals;
  /** Leaves the backend's memory until {@link unpark}, for policies that let teachers answer in turn. */
  park?(): Promise<void>;
  /** Comes back to the backend's memory. */
  unpark?(): void;
  /** Frees what it holds; it is not asked again. */
  close?(): void | Promise<void>;
}
