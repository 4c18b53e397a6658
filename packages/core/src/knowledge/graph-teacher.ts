import type { Tensor } from '@tensorflow/tfjs-core';
import type { LabelSpace } from '../labels/label-space.ts';
import type { BoundInputs } from '../model/bind-inputs.ts';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import type { Compile, PureFunction } from '../tensor/pure-function.ts';
import { answerOf } from './teacher-answer.ts';
import type { Teacher, TeacherOutput } from './teacher.ts';

export interface GraphTeacherOptions {
  /** Its name in the config. */
  readonly id: string;
  /** What its answers are about, in the order of its outputs. */
  readonly space: LabelSpace;
  /** A TensorFlow.js graph model. */
  readonly graph: { execute(inputs: NamedTensors, outputs: string[]): Tensor | Tensor[]; readonly outputs: readonly { readonly name: string }[] };
  /** Of its weights: stored answers are found by it. */
  readonly hash: string;
  /** How many numbers it has learned. */
  readonly parameters: number;
  /** From the data's inputs to the graph's. */
  readonly inputs: BoundInputs;
  /** The data's inputs that it reads. */
  readonly inputNames: readonly string[];
  /** The node that holds the answer; the graph's first output when left out. */
  readonly output?: string | undefined;
  /** What the output is; default `logits`. */
  readonly gives?: TeacherOutput | undefined;
  /** The backend's, where it has one. */
  readonly compile?: Compile | undefined;
}

/** A teacher that is a frozen graph model; any node's value can be asked for as a feature. */
export function graphTeacher({ id, space, graph, hash, parameters, inputs, inputNames, output = graph.outputs[0]!.name, gives = 'logits', compile }: GraphTeacherOptions): Teacher {
  const executing = (wanted: readonly string[]): PureFunction => (given) => {
    const values = graph.execute(given, [...wanted]);
    return Object.fromEntries((Array.isArray(values) ? values : [values]).map((value, i) => [wanted[i]!, value]));
  };
  const passes = new Map<string, PureFunction>();
  const passOf = (wanted: readonly string[]): PureFunction => {
    const key = wanted.join('\n');
    const known = passes.get(key) ?? (compile ? compile(`teacher '${id}'`, executing(wanted)) : executing(wanted));
    passes.set(key, known);
    return known;
  };
  return {
    manifest: { id, space, hash, parameters, inputs: inputNames },
    hasFeature: () => true,
    signals(batch, features) {
      const values = passOf([output, ...features])(inputs(batch));
      const answer = answerOf(values[output]!, gives);
      for (const layer of features) answer[`features/${layer}`] = values[layer]!;
      return answer;
    },
  };
}
