import type { Tensor } from '@tensorflow/tfjs-core';
import type { LabelSpace } from '../labels/label-space.ts';
import type { BoundInputs } from '../model/bind-inputs.ts';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import { answerOf } from './teacher-answer.ts';
import type { Teacher, TeacherOutput } from './teacher.ts';

export interface GraphTeacherOptions {
  readonly id: string;
  readonly space: LabelSpace;
  readonly graph: { execute(inputs: NamedTensors, outputs: string[]): Tensor | Tensor[]; readonly outputs: readonly { readonly name: string }[] };
  readonly hash: string;
  readonly parameters: number;
  readonly inputs: BoundInputs;
  readonly inputNames: readonly string[];
  readonly output?: string | undefined;
  readonly gives?: TeacherOutput | undefined;
}

/** A teacher that is a frozen graph model; any node's value can be asked for as a feature. */
export function graphTeacher({ id, space, graph, hash, parameters, inputs, inputNames, output = graph.outputs[0]!.name, gives = 'logits' }: GraphTeacherOptions): Teacher {
  return {
    manifest: { id, space, hash, parameters, inputs: inputNames },
    hasFeature: () => true,
    signals(batch, features) {
      const wanted = [output, ...features];
      const values = graph.execute(inputs(batch), wanted);
      const list = Array.isArray(values) ? values : [values];
      const answer = answerOf(list[0]!, gives);
      features.forEach((layer, i) => (answer[`features/${layer}`] = list[i + 1]!));
      return answer;
    },
  };
}
