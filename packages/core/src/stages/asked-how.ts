import type { TeacherConfig } from '../config/config.ts';
import type { InputSpec } from '../data/dataset.ts';
import { kdError } from '../errors/kd-error.ts';
import type { Predict } from '../knowledge/function-teacher.ts';
import type { TeacherOutput } from '../knowledge/teacher.ts';
import type { LabelSpace } from '../labels/label-space.ts';

/** What a teacher's answers depend on besides its model: part of every fingerprint of them. */
export function askedHow({ inputs, preprocess, output, gives }: TeacherConfig): Readonly<Record<string, unknown>> {
  return { inputs, preprocess, output, gives };
}

/** What a teacher's numbers are. One that is trained here answers with logits, for a softmax at its end is left out. */
export function answersWith({ gives = 'logits', train }: TeacherConfig, space: LabelSpace): TeacherOutput {
  if (space.kind === 'values') return 'values';
  return train ? 'logits' : gives;
}

/** A function that hears the inputs that its config names, prepared as it says. */
export function withInputs(predict: Predict, who: string, data: Readonly<Record<string, InputSpec>>, { inputs, preprocess }: TeacherConfig): Predict {
  const known = Object.keys(data);
  const missing = inputs?.find((name) => !known.includes(name));
  if (missing !== undefined) throw kdError('KD_DATA_INPUT_MISSING', { who, input: missing, known });
  if (!inputs && !preprocess) return predict;
  return (batch) => {
    const named = inputs ? Object.fromEntries(inputs.map((name) => [name, batch[name]!])) : { ...batch };
    return predict(preprocess ? preprocess(named) : named);
  };
}
