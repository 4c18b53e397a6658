import type { Dataset } from '../data/dataset.ts';
import { labelsFor } from '../data/labels-for.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import type { BoundInputs } from '../model/bind-inputs.ts';
import type { Model } from '../model/model.ts';
import type { Head } from '../objective/objective.ts';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import { argMax, logitsOf } from './answers.ts';

/** How a model does on one label space. */
export interface Score {
  /** Share of right answers; for values, absent. */
  readonly accuracy?: number;
  /** Mean squared error; for classes, absent. */
  readonly meanSquaredError?: number;
  /** How many had a label there. */
  readonly samples: number;
}

export interface EvaluateOptions {
  /** The model's own when left out. */
  readonly weights?: Readonly<NamedTensors>;
  /** Called after each part of the data; ends the work by throwing. */
  readonly between?: () => void;
  /** Rows of one forward pass. */
  readonly most?: number | undefined;
}

/** Judges a model on every head that the data has labels for. */
export async function evaluate(
  model: Model,
  heads: readonly Head[],
  dataset: Dataset,
  inputs: BoundInputs,
  spaces: ReadonlyMap<string, LabelSpace>,
  { weights, between, most }: EvaluateOptions = {},
): Promise<Record<string, Score>> {
  const scores: Record<string, Score> = {};
  const rows = Int32Array.from({ length: dataset.size }, (_, row) => row);
  const answers = await logitsOf(model, heads.map(({ output }) => output), dataset, inputs, rows, weights, between, most);
  for (const { space, output } of heads) {
    const labels = labelsFor(dataset, space, spaces);
    const { values, width } = answers[output]!;
    if (labels) scores[space.name] = space.kind === 'classes' ? accuracyOf(argMax(values, width), labels) : errorOf(values, labels, width);
  }
  return scores;
}

/** Share of right answers among the rows with a label. */
export function accuracyOf(answers: Int32Array, labels: ArrayLike<number>): Score {
  let right = 0;
  let samples = 0;
  for (let row = 0; row < answers.length; row++) {
    if (labels[row]! < 0) continue;
    samples++;
    if (answers[row] === labels[row]) right++;
  }
  return samples === 0 ? { samples } : { accuracy: right / samples, samples };
}

/** Mean squared error over the values that are known, `width` of them a sample; a sample counts if one of its values is known. */
export function errorOf(values: ArrayLike<number>, labels: ArrayLike<number>, width: number): Score {
  let sum = 0;
  let known = 0;
  let samples = 0;
  for (let start = 0; start < values.length; start += width) {
    const before = known;
    for (let i = start; i < start + width; i++) {
      if (Number.isNaN(labels[i])) continue;
      known++;
      sum += (values[i]! - labels[i]!) ** 2;
    }
    if (known > before) samples++;
  }
  return samples === 0 ? { samples } : { meanSquaredError: sum / known, samples };
}
