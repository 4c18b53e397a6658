import type { ReusedArrays } from '../data/reused-arrays.ts';
import type { NamedTensors } from '../tensor/named-tensors.ts';

/** One key of a teacher's stored signals, e.g. `logits`. */
export interface StoredKey {
  /** `logits`, `values`, `indices`, `logProbabilities`, `tail` or `features/<layer>`. */
  readonly name: string;
  /** Shape of one sample. */
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
}

/** A teacher's answers for a whole transfer set, by row of the data set. */
export interface StoredSignals {
  readonly keys: readonly StoredKey[];
  /** Names the answers themselves, where it is known. */
  readonly hash?: string;
  /** The samples that were answered, in order, and what names what they held; where it is known. */
  readonly madeFor?: { readonly ids: readonly string[]; readonly samplesHash: string };
  /** Writes the rows' values of one key into `out`, one after the other. */
  read(key: string, rows: ArrayLike<number>, out: Float32Array | Int32Array): void;
}

/** Where the step's signals come from: a store, or live teachers. Both look the same to a loss. */
export interface SignalSource {
  /** Answers come from the inputs. */
  readonly live: boolean;
  /**
   * `<teacher>/<key>` → tensor `[rows, ...]`, to be disposed by the caller.
   *
   * @param inputs the same rows' inputs; of no use to a source that is not live
   * @param arrays where stored answers are read into; arrays of their own when left out
   */
  signals(rows: Int32Array, inputs: Readonly<NamedTensors>, arrays?: ReusedArrays): NamedTensors | Promise<NamedTensors>;
}
