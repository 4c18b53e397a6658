import type { Dataset } from '../data/dataset.ts';
import { readInputs } from '../data/read-inputs.ts';
import type { SignalSource } from '../knowledge/signal-source.ts';
import { targetOf } from '../knowledge/target.ts';
import type { BoundInputs } from '../model/bind-inputs.ts';
import type { Model } from '../model/model.ts';
import type { Judgement, ProbeResult } from '../objective/alpha.ts';
import type { Objective, SoftTerm } from '../objective/objective.ts';
import { prepareTerm } from '../step/term-input.ts';
import { mixtureOf } from '../knowledge/target.ts';
import { disposeAll, under, withPrefix, type NamedTensors } from '../tensor/named-tensors.ts';
import * as tf from '@tensorflow/tfjs-core';
import { argMax, logitsOf } from './answers.ts';
import { Breather } from './breathe.ts';
import { inParts } from './in-parts.ts';
import { viewAnswers } from './view-answers.ts';

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
export async function teacherAnswers(terms: readonly SoftTerm[], source: SignalSource, dataset: Dataset, rows: Int32Array, between?: () => void, most: number = ROWS_AT_ONCE): Promise<TeacherAnswers> {
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

function answerOf(term: SoftTerm, signals: Readonly<NamedTensors>, rows: number): tf.Tensor {
  const labels = { [`labels/${term.head.space.name}`]: tf.fill([rows], -1, 'int32') };
  const prepared = prepareTerm(term, { layout: { rows, labelled: undefined, transfer: [0, rows] }, tensors: { ...labels, ...withPrefix('signals', signals) } });
  const { signals: heard, sparse } = prepared.signals;
  if (sparse) return tf.squeeze(tf.gatherND(sparse.indices, tf.stack([tf.range(0, rows, 1, 'int32'), tf.argMax(sparse.logProbabilities, 1)], 1) as tf.Tensor2D));
  // Where the student would split a coarser answer among its classes, it is split evenly.
  const wholes = heard.map(({ logits, view }) => (view ? view.lift(logits, tf.zeros([1, view.from.classes.length])) : logits));
  const target = prepared.aggregate?.target ?? (heard.length === 1 ? targetOf(wholes[0]!) : mixtureOf(wholes, heard.map(() => -Math.log(heard.length))));
  return tf.argMax(target.logits(), 1);
}

export interface JudgeOptions {
  readonly student: Model;
  readonly objective: Objective;
  readonly dataset: Dataset;
  readonly inputs: BoundInputs;
  /** Held-out rows and what the teachers answer there, in the same order. */
  readonly rows: Int32Array;
  readonly answers: TeacherAnswers;
  /** Labels of the first head, by row. */
  readonly labels: ArrayLike<number>;
  /** Rows of one forward pass. */
  readonly most?: number | undefined;
}

/** Counts who is right on held-out labels, teachers or student. Forward only. */
export async function judge({ student, objective, dataset, inputs, rows, answers, labels, most }: JudgeOptions, places: ArrayLike<number>, state: Readonly<NamedTensors>): Promise<ProbeResult> {
  const chosen = Int32Array.from(places, (place) => rows[place]!);
  const head = objective.heads[0]!;
  const terms = comparable(objective.soft).filter((term) => term.head.space === head.space);
  const outputs = [head.output];
  const logits = (await logitsOf(student, outputs, dataset, inputs, chosen, under(state, 'student'), undefined, most))[head.output]!;
  const own = argMax(logits.values, logits.width);
  const granularities: Record<string, Judgement> = {};
  for (const term of terms) {
    const seen = viewAnswers(term.granularity.view, logits.values);
    const said = Int32Array.from(places, (place) => answers[term.name]![place]!);
    granularities[term.name] = compare(said, seen, Int32Array.from(chosen, (row) => term.granularity.view.label(labels[row]!)));
  }
  let right = 0;
  chosen.forEach((row, i) => (right += own[i] === labels[row] ? 1 : 0));
  return { granularities, studentAccuracy: chosen.length === 0 ? 0 : right / chosen.length };
}

function compare(teacher: Int32Array, student: Int32Array, labels: Int32Array): Judgement {
  const counts = { count: 0, teacherOnly: 0, studentOnly: 0, sameWrong: 0 };
  labels.forEach((label, i) => {
    if (label < 0) return;
    counts.count++;
    const teacherRight = teacher[i] === label;
    const studentRight = student[i] === label;
    if (teacherRight && !studentRight) counts.teacherOnly++;
    else if (studentRight && !teacherRight) counts.studentOnly++;
    else if (!teacherRight && teacher[i] === student[i]) counts.sameWrong++;
  });
  return counts;
}
