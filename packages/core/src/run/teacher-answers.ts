import * as tf from '@tensorflow/tfjs-core';
import type { Dataset } from '../data/dataset.ts';
import { readInputs } from '../data/read-inputs.ts';
import type { SignalSource } from '../knowledge/signal-source.ts';
import { mixtureOf, targetOf } from '../knowledge/target.ts';
import type { SoftTerm } from '../objective/objective.ts';
import { prepareTerm } from '../step/term-input.ts';
import { disposeAll, withPrefix, type NamedTensors } from '../tensor/named-tensors.ts';
import { Breather } from './breathe.ts';
import { inParts } from './in-parts.ts';

/** Rows that teachers are asked about at once. */
const ROWS_AT_ONCE = 500;

/** Teachers' aggregated answers on some rows, by term: class indices in the term's granularity. */
export type TeacherAnswers = Readonly<Record<string, Int32Array>>;

/**
 * What the aggregated teachers answer on the rows, without looking at labels or at the student.
 *
 * @param between called after each part of the rows; ends the work by throwing
 * @param most rows that the teachers are asked about at once
 */
export async function teacherAnswers(
  terms: readonly SoftTerm[],
  source: SignalSource,
  dataset: Dataset,
  rows: Int32Array,
  between?: () => void,
  most: number = ROWS_AT_ONCE,
): Promise<TeacherAnswers> {
  const answers = Object.fromEntries(comparable(terms).map(({ name }) => [name, new Int32Array(rows.length)]));
  const breather = new Breather();
  await inParts(rows.length, Math.min(most, ROWS_AT_ONCE), async (start, end) => {
    const own = rows.subarray(start, end);
    const raw = await readInputs(dataset, own);
    let signals: NamedTensors = {};
    let found: NamedTensors = {};
    try {
      signals = await source.signals(own, raw);
      found = tf.tidy(() => Object.fromEntries(comparable(terms).map((term) => [term.name, answerOf(term, signals, own.length)])));
      for (const name in found) answers[name]!.set(await found[name]!.data() as Int32Array, start);
    } finally {
      [found, signals, raw].forEach(disposeAll);
    }
    if (breather.due) await breather.breathe();
    between?.();
  });
  return answers;
}

/** Terms whose teachers answer with classes. */
export function comparable(terms: readonly SoftTerm[]): readonly SoftTerm[] {
  return terms.filter(({ loss, granularity, teachers }) => loss.needs?.logits !== false && granularity.space.kind === 'classes' && teachers.length > 0);
}

/** The most likely class of the term for each row, int32 `[rows]`. */
function answerOf(term: SoftTerm, signals: Readonly<NamedTensors>, rows: number): tf.Tensor {
  const noLabels = { [`labels/${term.head.space.name}`]: tf.fill([rows], -1, 'int32') };
  const layout = { rows, labelled: undefined, transfer: [0, rows] as const };
  const prepared = prepareTerm(term, { layout, tensors: { ...noLabels, ...withPrefix('signals', signals) } });
  const { signals: heard, sparse } = prepared.signals;
  if (sparse) {
    const places = tf.stack([tf.range(0, rows, 1, 'int32'), tf.argMax(sparse.logProbabilities, 1)], 1) as tf.Tensor2D;
    return tf.squeeze(tf.gatherND(sparse.indices, places));
  }
  // Where the student would split a coarser answer among its classes, it is split evenly.
  const wholes = heard.map(({ logits, view }) => (view ? view.lift(logits, tf.zeros([1, view.from.classes.length])) : logits));
  const target = prepared.aggregate?.target ?? (heard.length === 1 ? targetOf(wholes[0]!) : mixtureOf(wholes, heard.map(() => -Math.log(heard.length))));
  return tf.argMax(target.logits(), 1);
}
