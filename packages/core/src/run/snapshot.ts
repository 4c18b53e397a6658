import * as tf from '@tensorflow/tfjs-core';
import type { Plain } from '../objective/alpha.ts';
import type { NamedTensors } from '../tensor/named-tensors.ts';

/** A tensor as plain data. */
export interface TensorData {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly data: Float32Array | Int32Array;
}

/** A run at one step: the step's state plus plain data. */
export interface Snapshot {
  readonly tensors: Readonly<Record<string, TensorData>>;
  readonly plain: Plain;
}

/** Where a unit keeps its snapshots. */
export interface SnapshotSlot {
  /** The last snapshot that was saved whole; undefined where there is none. */
  load(): Promise<Snapshot | undefined>;
  /** Replaces the last one; cut off at any moment, one of the two is there whole. */
  save(snapshot: Snapshot): Promise<void>;
  /** After the unit is done. */
  clear(): Promise<void>;
}

/** Reads every tensor of a state. */
export async function tensorData(state: Readonly<NamedTensors>): Promise<Record<string, TensorData>> {
  const data: Record<string, TensorData> = {};
  for (const [name, tensor] of Object.entries(state)) {
    const values = await tensor.data();
    // Some backends give a view of memory that the next step overwrites.
    data[name] = { shape: tensor.shape, dtype: tensor.dtype === 'int32' ? 'int32' : 'float32', data: values.slice() as Float32Array };
  }
  return data;
}

/** The state that was read. */
export function tensorsOf(data: Readonly<Record<string, TensorData>>): NamedTensors {
  return Object.fromEntries(Object.entries(data).map(([name, { shape, dtype, data: values }]) => [name, tf.tensor(values, shape as number[], dtype)]));
}
