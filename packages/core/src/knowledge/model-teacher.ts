import { kdError } from '../errors/kd-error.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import type { BoundInputs } from '../model/bind-inputs.ts';
import { parametersOf, type Model } from '../model/model.ts';
import { answerOf } from './teacher-answer.ts';
import type { Teacher, TeacherOutput } from './teacher.ts';

export interface ModelTeacherOptions {
  /** Its name in the config. */
  readonly id: string;
  /** What its answers are about, in the order of its outputs. */
  readonly space: LabelSpace;
  readonly model: Model;
  /** Of weights and description: stored answers are found by it. */
  readonly hash: string;
  /** From the data's inputs to the model's. */
  readonly inputs: BoundInputs;
  /** The data's inputs that it reads. */
  readonly inputNames: readonly string[];
  /** The output or layer that holds the answer; the first output when left out. */
  readonly output?: string | undefined;
  /** What the output is; default `logits`, for which a softmax at its end is left out. */
  readonly gives?: TeacherOutput | undefined;
}

/** A teacher that is a model in memory: trained in this run, or loaded. */
export function modelTeacher({ id, space, model, hash, inputs, inputNames, output = model.outputs[0]!, gives = 'logits' }: ModelTeacherOptions): Teacher {
  if (!model.shapeOf(output)) throw kdError('KD_HEAD_UNKNOWN', { head: output, known: model.outputs, who: `Teacher '${id}'` });
  if (gives === 'logits') model.wantLogits(output);
  return {
    manifest: { id, space, hash, parameters: parametersOf(model), inputs: inputNames },
    hasFeature: (layer) => model.shapeOf(layer) !== undefined,
    ...(model.park && model.unpark ? { park: () => model.park!(), unpark: () => model.unpark!() } : {}),
    signals(batch, features) {
      const { outputs } = model.call(inputs(batch), { training: false, outputs: [...new Set([output, ...features])] });
      const answer = answerOf(outputs[output]!, gives);
      for (const layer of features) answer[`features/${layer}`] = outputs[layer]!;
      return answer;
    },
  };
}
