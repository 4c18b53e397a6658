import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bindInputs, fromLayersModel, headOf, kdError, type BoundInputs, type Dataset, type Head, type Model, type ResolvedConfig } from '@kd/core';
import { loadLayersModel } from '@kd/node';

/** A student from disk that is ready to be judged. */
export interface OpenStudent {
  readonly file: string;
  readonly model: Model;
  readonly heads: readonly Head[];
  readonly inputs: BoundInputs;
}

/**
 * Opens a saved student for data of its config.
 *
 * @param given a model's file, its folder, or the folder of the run that made it
 */
export async function openStudent(given: string, { config, heads: spaces }: ResolvedConfig, data: Dataset): Promise<OpenStudent> {
  const file = modelFile(given);
  const model = fromLayersModel((await loadLayersModel(file)).model);
  const heads = spaces.map((space) => headOf(model, space, config.student.heads?.[space.name]));
  for (const { output } of heads) model.wantLogits(output);
  return { file, model, heads, inputs: bindInputs('the student', model.inputs, data.inputs, config.student.inputs, config.student.preprocess) };
}

function modelFile(given: string): string {
  const candidates = [given, join(given, 'model.json'), join(given, 'student', 'model.json')];
  const found = candidates.find((candidate) => candidate.endsWith('.json') && existsSync(candidate));
  if (!found) {
    const problem = existsSync(given) ? `${given} is no saved student` : `There is no ${given}`;
    throw kdError('KD_USAGE', { problem, next: 'Name the folder of a run, such as runs/<name>, or a model.json or its folder.' });
  }
  return found;
}
