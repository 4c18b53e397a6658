import type { StoredKey, StoredSignals } from '../knowledge/signal-source.ts';
import type { Model } from '../model/model.ts';
import type { Plain } from '../objective/alpha.ts';
import type { SnapshotSlot, TensorData } from '../run/snapshot.ts';

/** What a unit of work left behind: plain data, and the weights of a model where it trained one. */
export interface UnitRecord {
  readonly record: Plain;
  readonly weights?: Readonly<Record<string, TensorData>>;
}

/** A teacher's store while it is filled, in order of rows. */
export interface SignalsWriter {
  /** Rows that are there already, from a run that was cut off. */
  readonly rowsDone: number;
  /** The next rows, in order. `values` by key, `rows × shape` numbers each. */
  append(rows: Int32Array, values: Readonly<Record<string, Float32Array | Int32Array>>): Promise<void>;
  finish(): Promise<StoredSignals>;
  /** Also without finishing, where the work was cut short: what was answered so far stays. */
  close(): Promise<void>;
}

export interface SignalsRequest {
  /** Its name in the config. */
  readonly teacher: string;
  /** Names everything that the answers depend on. */
  readonly fingerprint: string;
  /** Names the samples and what they hold. */
  readonly samplesHash: string;
  /** In the order of the teacher's outputs. */
  readonly classes: readonly string[];
  /** The label space that it speaks. */
  readonly space: string;
  /** What is stored of each answer. */
  readonly keys: readonly StoredKey[];
  /** Of the samples, by row. */
  readonly ids: { readonly size: number; id(row: number): string };
  /** Of numbers that are not whole. */
  readonly precision: 'float16' | 'float32';
}

/**
 * Where a run keeps what it made. In memory nothing outlives the call; @kd/node keeps it in a folder. Everything is
 * addressed by a unit's name and the fingerprint of its inputs, so that a unit whose inputs changed finds nothing.
 */
export interface Workspace {
  /** What was remembered of the unit under this very fingerprint; undefined where nothing was. */
  recall(unit: string, fingerprint: string): Promise<UnitRecord | undefined>;
  /** @param model where given, it is also saved in its own format */
  remember(unit: string, fingerprint: string, made: UnitRecord, model?: Model): Promise<void>;
  /** A model that was recalled: where its own format is kept too, sees that it is there and whole. */
  restore?(unit: string, model: Model): Promise<void>;
  /** Where a training that is under way keeps itself. */
  snapshots(unit: string, fingerprint: string): SnapshotSlot;
  /** A finished store, or undefined. */
  openSignals(request: SignalsRequest): Promise<StoredSignals | undefined>;
  /** A store to fill, at the row where an earlier one was cut off. */
  writeSignals(request: SignalsRequest): Promise<SignalsWriter>;
}

