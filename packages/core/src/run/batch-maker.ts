import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { readInputs } from '../data/read-inputs.ts';
import { ReusedArrays } from '../data/reused-arrays.ts';
import type { Dataset } from '../data/dataset.ts';
import type { SampledRows } from '../data/sampler.ts';
import type { SignalSource } from '../knowledge/signal-source.ts';
import type { BoundInputs } from '../model/bind-inputs.ts';
import type { Batch, BatchLayout } from '../step/batch.ts';
import { disposeAll, withPrefix, type NamedTensors } from '../tensor/named-tensors.ts';
import type { Hooks, RunContext } from './hooks.ts';
import { isTapped } from './is-tapped.ts';

export interface BatchMakerOptions {
  readonly dataset: Dataset;
  /** From the data's inputs to the student's. */
  readonly inputs: BoundInputs;
  /** Undefined when there are no teachers. */
  readonly source: SignalSource | undefined;
  readonly hooks: Hooks;
  /** The backend copies what tensors are made of, so that one batch may be read where the one before it was. */
  readonly copiesValues: boolean;
}

/** Turns sampled rows into the tensors of a batch. */
export class BatchMaker {
  readonly #options: BatchMakerOptions;
  readonly #arrays: ReusedArrays | undefined;

  constructor(options: BatchMakerOptions) {
    this.#options = options;
    this.#arrays = options.copiesValues ? new ReusedArrays() : undefined;
  }

  /** @param labels visible labels by space. The caller disposes the batch's tensors. */
  async make(sampled: SampledRows, labels: Readonly<Record<string, Int32Array | Float32Array>>, context: RunContext): Promise<Batch> {
    const { dataset, inputs: bind, source, hooks } = this.#options;
    const rows = sampled.joint ? sampled.transfer : joined(sampled.labelled, sampled.transfer);
    const layout = layoutOf(sampled);
    const raw = await readInputs(dataset, rows, this.#arrays);
    const tensors: NamedTensors = {};
    try {
      Object.assign(tensors, withPrefix('inputs', tf.tidy(() => bind(raw))));
      for (const [space, values] of Object.entries(labels)) tensors[`labels/${space}`] = labelTensor(values, rows, dataset.size);
      tensors['rows'] = tf.tensor1d(rows, 'int32');
      if (source && layout.transfer) Object.assign(tensors, withPrefix('signals', await this.#signals(source, sampled, layout, raw, context)));
      const batch: Batch = { layout, tensors };
      const changed = isTapped(hooks.batch) ? await hooks.batch.promise(batch, context) : batch;
      disposeBut(changed.tensors, tensors, raw);
      return changed;
    } catch (error) {
      disposeBut({}, tensors, raw);
      throw error;
    }
  }

  async #signals(source: SignalSource, sampled: SampledRows, layout: BatchLayout, raw: Readonly<NamedTensors>, context: RunContext): Promise<NamedTensors> {
    const { hooks } = this.#options;
    const [start, end] = layout.transfer!;
    const whole = !source.live || (start === 0 && end === layout.rows);
    const own = whole ? raw : tf.tidy(() => Object.fromEntries(Object.entries(raw).map(([name, tensor]) => [name, tf.slice(tensor, start, end - start)])));
    let signals: NamedTensors = {};
    try {
      signals = await source.signals(sampled.transfer, own, this.#arrays);
      const changed = isTapped(hooks.signals) ? await hooks.signals.promise(signals, context) : signals;
      disposeBut(changed, signals);
      return { ...changed };
    } catch (error) {
      disposeAll(signals);
      throw error;
    } finally {
      if (!whole) disposeAll(own);
    }
  }
}

function joined(first: Int32Array, second: Int32Array): Int32Array {
  const both = new Int32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** Frees what is not among the tensors to keep. */
function disposeBut(kept: Readonly<NamedTensors>, ...groups: readonly Readonly<NamedTensors>[]): void {
  const used = new Set<Tensor>(Object.values(kept));
  for (const group of groups) for (const tensor of Object.values(group)) if (!used.has(tensor)) tensor.dispose();
}

/** Labelled rows first, transfer rows after; both over everything in a joint batch. A side without rows is left out. */
function layoutOf({ labelled, transfer, joint }: SampledRows): BatchLayout {
  if (joint) return { rows: transfer.length, labelled: [0, transfer.length], transfer: [0, transfer.length] };
  const rows = labelled.length + transfer.length;
  return {
    rows,
    labelled: labelled.length > 0 ? [0, labelled.length] : undefined,
    transfer: transfer.length > 0 ? [labelled.length, rows] : undefined,
  };
}

function labelTensor(values: Int32Array | Float32Array, rows: Int32Array, size: number): Tensor {
  if (values instanceof Int32Array) return tf.tensor1d(rows.map((row) => values[row]!), 'int32');
  const width = values.length / size;
  const picked = new Float32Array(rows.length * width);
  rows.forEach((row, i) => picked.set(values.subarray(row * width, (row + 1) * width), i * width));
  return tf.tensor2d(picked, [rows.length, width]);
}
