import { pickStratified } from '../data/pick-stratified.ts';
import type { StudentData } from '../data/student-data.ts';
import type { RunFacts } from '../objective/alpha.ts';
import type { JudgeOptions } from './judge.ts';
import { runFacts } from './run-facts.ts';
import { teacherAnswers, type TeacherAnswers } from './teacher-answers.ts';
import type { TrainOptions } from './train-options.ts';

/** Which labels judge the teachers before they are trained on, and what is known by them. */
export interface HeldOut {
  readonly facts: RunFacts;
  /** Rows whose labels are held out; none where the scheduler asks for none. */
  readonly heldOut: Int32Array;
  /** The other rows with labels. */
  readonly labelled: Int32Array;
  /** Held-out labels and what the teachers say about them; undefined where nothing is held out. */
  readonly judging: JudgeOptions | undefined;
  /** The labels that may be trained on, before and after held-out ones are released. */
  readonly visible: (released: boolean) => StudentData['labels'];
}

/** Asks the teachers about the labelled samples, and holds out as many as α's scheduler wants. */
export async function holdOut({ student, objective, data, inputs, source, training, random, unit, stop, memory }: TrainOptions, steps: number): Promise<HeldOut> {
  const { forwardRows } = memory.plan;
  const { alpha, heads, soft } = objective;
  const { space } = heads[0]!;
  const firstLabels = data.labels[space.name]!;
  const judges = alpha.probe && source && space.kind === 'classes';
  // Only labels of the first head can judge; other tasks may have labels where it has none.
  const known = judges ? data.labelled.filter((row) => firstLabels[row]! >= 0) : data.labelled;
  const said = judges ? await teacherAnswers(soft, source, data.dataset, known, () => stop.check(0), forwardRows) : undefined;
  const facts = runFacts(objective, { steps, epochs: training.epochs }, known, firstLabels, said);
  const count = judges ? alpha.probe.holdOut(facts) : 0;
  const heldOut = count > 0 ? pickStratified(known, (row) => firstLabels[row]!, count, random.stream(`${unit}/held-out`)) : new Int32Array(0);
  if (!said || heldOut.length === 0) return { facts, heldOut, labelled: data.labelled, judging: undefined, visible: () => data.labels };
  const hidden = new Set(heldOut);
  const covered = cover(data, heldOut);
  return {
    facts, heldOut,
    labelled: data.labelled.filter((row) => !hidden.has(row)),
    judging: { student, objective, dataset: data.dataset, inputs, rows: heldOut, answers: answersFor(heldOut, known, said), labels: firstLabels, most: forwardRows },
    visible: (released) => (released ? data.labels : covered),
  };
}

/** The answers on some of the rows that were asked about, in the order of those. */
function answersFor(rows: Int32Array, asked: Int32Array, answers: TeacherAnswers): TeacherAnswers {
  const place = new Map(Array.from(asked, (row, i) => [row, i]));
  return Object.fromEntries(Object.entries(answers).map(([term, said]) => [term, Int32Array.from(rows, (row) => said[place.get(row)!]!)]));
}

/** The labels without those of the given rows. */
function cover({ labels, dataset }: StudentData, rows: Int32Array): StudentData['labels'] {
  return Object.fromEntries(Object.entries(labels).map(([space, values]) => {
    const covered = values.slice();
    const width = covered.length / dataset.size;
    for (const row of rows) covered.fill(covered instanceof Int32Array ? -1 : Number.NaN, row * width, (row + 1) * width);
    return [space, covered];
  }));
}
