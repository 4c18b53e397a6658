import { kdError } from '../errors/kd-error.ts';
import { labelsFor } from '../data/labels-for.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import type { BoundInputs } from '../model/bind-inputs.ts';
import type { Model } from '../model/model.ts';
import type { Head } from '../objective/objective.ts';
import type { Validation } from '../run/best-epoch.ts';
import { evaluate } from '../run/evaluate.ts';
import type { Training } from '../run/training.ts';
import { isKnown } from '../data/student-data.ts';
import type { Opened } from './stage-context.ts';

/** What is judged between its epochs. */
export interface Validated {
  readonly model: Model;
  /** By its labels. */
  readonly head: Head;
  readonly inputs: BoundInputs;
  readonly training: Pick<Training, 'keep' | 'patience'>;
  /** Rows of one forward pass, where a memory plan bounds them. */
  readonly most: number | undefined;
}

/** How a training is judged between its epochs; undefined where `data.validation` is not there, or has no labels for it. */
export function validationFor(opened: Opened, { model, head, inputs, training: { keep = 'best', patience }, most }: Validated): Validation | undefined {
  const { resolved, data: { validation } } = opened;
  if (!validation || !isValidated(opened, head.space)) return undefined;
  return {
    judge: async (weights) => (await evaluate(model, [head], validation, inputs, resolved.spaces, { weights, most }))[head.space.name]!,
    keepsBest: keep === 'best', patience,
  };
}

/** Whether `data.validation` has labels of this space. */
export function isValidated({ resolved, data: { validation } }: Opened, space: LabelSpace): boolean {
  const labels = validation && labelsFor(validation, space, resolved.spaces);
  return labels !== undefined && Array.from({ length: validation!.size }).some((_, row) => isKnown(labels, space, row));
}

/** @throws KD_DATA_LABELS_MISSING where `data.validation` cannot judge what asks for it */
export function expectValidated(opened: Opened, space: LabelSpace, who: string): void {
  if (isValidated(opened, space)) return;
  throw kdError('KD_DATA_LABELS_MISSING', { space: space.name, known: Object.keys(opened.data.validation?.labels ?? {}), who: `${who}, judged on data.validation,` });
}
