import type { GranularityFacts, RunFacts } from '../objective/alpha.ts';
import type { Objective } from '../objective/objective.ts';
import { comparable, type TeacherAnswers } from './teacher-answers.ts';

/**
 * What α's scheduler is told before the first step.
 *
 * @param labelled rows with a label of the first head
 * @param labels of the first head, by row of the data set
 * @param answers what the teachers say about `labelled`, in the same order; undefined where nobody is judged
 */
export function runFacts(
  objective: Objective,
  { steps, epochs }: Pick<RunFacts, 'steps' | 'epochs'>,
  labelled: Int32Array,
  labels: ArrayLike<number>,
  answers: TeacherAnswers | undefined,
): RunFacts {
  const granularities = comparable(objective.soft).map(({ name, head, granularity: { space, view, full } }): GranularityFacts => {
    const facts = { name, classes: space.classes.length, full };
    const said = answers?.[name];
    // The labels are those of the first head; other heads' teachers are not judged by them.
    if (!said || head.space !== objective.heads[0]!.space) return facts;
    let covered = 0;
    let correct = 0;
    labelled.forEach((row, i) => {
      const label = view.label(labels[row]!);
      if (label < 0) return;
      covered++;
      if (said[i] === label) correct++;
    });
    return { ...facts, judged: { covered, correct } };
  });
  return { steps, epochs, labelled: labelled.length, granularities, unjudged: objective.soft.length - granularities.length };
}
