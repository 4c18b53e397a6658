import type { Dataset } from '../data/dataset.ts';
import { readInputs } from '../data/read-inputs.ts';
import type { StudentData } from '../data/student-data.ts';
import type { SignalSource } from '../knowledge/signal-source.ts';
import { densify, signalOf } from '../knowledge/signal.ts';
import type { JudgedSignals } from '../objective/aggregation.ts';
import type { SoftTerm } from '../objective/objective.ts';
import { disposeAll, under } from '../tensor/named-tensors.ts';
import * as tf from '@tensorflow/tfjs-core';

/** Samples that an aggregator may look at, at most. */
const MOST = 2000;

/** Lets aggregators that want to look at labelled samples first, once before step 0. */
export async function prepareAggregators(terms: readonly SoftTerm[], source: SignalSource | undefined, data: StudentData, dataset: Dataset): Promise<readonly SoftTerm[]> {
  if (!source || !terms.some(({ aggregator }) => aggregator.prepare)) return terms;
  const rows = data.labelled.subarray(0, MOST);
  const raw = await readInputs(dataset, rows);
  const signals = await source.signals(rows, raw);
  try {
    return await Promise.all(terms.map(async (term) => (term.aggregator.prepare ? { ...term, prepared: term.aggregator.prepare(await judged(term, signals, rows, data)) } : term)));
  } finally {
    disposeAll(raw);
    disposeAll(signals);
  }
}

async function judged({ granularity, head, teachers }: SoftTerm, signals: Readonly<Record<string, tf.Tensor>>, rows: Int32Array, data: StudentData): Promise<JudgedSignals> {
  const own = data.labels[head.space.name]!;
  const labels = Int32Array.from(rows, (row) => granularity.view.label(own[row]!));
  const classes = granularity.space.classes.length;
  const answers = await Promise.all(teachers.map(async ({ id, coarsen, view }) => {
    const logits = tf.tidy(() => {
      const signal = signalOf(under(signals, id));
      const known = coarsen?.from.classes.length ?? view?.to.classes.length ?? classes;
      const dense = signal?.kind === 'sparse' ? densify(signal, known) : signal?.kind === 'dense' ? signal.logits : signal!.values;
      return tf.clone(coarsen ? coarsen.apply(dense) : dense);
    });
    const values = (await logits.data()).slice() as Float32Array;
    logits.dispose();
    return { teacher: id, logits: values, classes: values.length / rows.length };
  }));
  return { labels, classes, teachers: answers };
}
