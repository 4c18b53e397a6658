import type { Dataset } from '../data/dataset.ts';
import { labelsFor } from '../data/labels-for.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import type { BoundInputs } from '../model/bind-inputs.ts';
import type { Model } from '../model/model.ts';
import type { Head } from '../objective/objective.ts';
import { argMax, logitsOf } from './answers.ts';

/** Which class a model takes for which. */
export interface Confusion {
  readonly classes: readonly string[];
  /** `[label][answer]`: samples of this class that got this answer. */
  readonly counts: readonly (readonly number[])[];
}

/** For every head of classes that the data has labels for, by label space: which class the model takes for which. */
export async function confusionsOf(model: Model, heads: readonly Head[], dataset: Dataset, inputs: BoundInputs, spaces: ReadonlyMap<string, LabelSpace>): Promise<Record<string, Confusion>> {
  const judged = heads.flatMap(({ space, output }) => {
    const labels = space.kind === 'classes' ? labelsFor(dataset, space, spaces) : undefined;
    return labels ? [{ space, output, labels }] : [];
  });
  if (judged.length === 0) return {};
  const rows = Int32Array.from({ length: dataset.size }, (_, row) => row);
  const answers = await logitsOf(model, judged.map(({ output }) => output), dataset, inputs, rows);
  return Object.fromEntries(judged.map(({ space: { name, classes }, output, labels }) => {
    const { values, width } = answers[output]!;
    const counts = classes.map(() => classes.map(() => 0));
    argMax(values, width).forEach((answer, row) => {
      if (labels[row]! >= 0) counts[labels[row]!]![answer]!++;
    });
    return [name, { classes, counts }];
  }));
}
