import type { Dataset } from '../data/dataset.ts';
import type { BoundInputs } from '../model/bind-inputs.ts';
import type { Model } from '../model/model.ts';
import type { Judgement, ProbeResult } from '../objective/alpha.ts';
import type { Objective } from '../objective/objective.ts';
import { under, type NamedTensors } from '../tensor/named-tensors.ts';
import { argMax, logitsOf } from './answers.ts';
import { comparable, type TeacherAnswers } from './teacher-answers.ts';
import { viewAnswers } from './view-answers.ts';

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

/**
 * Counts who is right on held-out labels, teachers or student. Forward only.
 *
 * @param places which of the held-out rows, by their places in `rows`
 * @param state the training's: the student's weights are those under `student/`
 */
export async function judge(options: JudgeOptions, places: ArrayLike<number>, state: Readonly<NamedTensors>): Promise<ProbeResult> {
  const { student, objective, dataset, inputs, rows, answers, labels, most } = options;
  const chosen = Int32Array.from(places, (place) => rows[place]!);
  const head = objective.heads[0]!;
  const terms = comparable(objective.soft).filter((term) => term.head.space === head.space);
  const logits = (await logitsOf(student, [head.output], dataset, inputs, chosen, under(state, 'student'), undefined, most))[head.output]!;
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
