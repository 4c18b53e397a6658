import { Tensor } from '@tensorflow/tfjs-core';
import { kdError } from '../errors/kd-error.ts';
import type { LabelSpace } from '../labels/label-space.ts';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import { answerOf } from './teacher-answer.ts';
import type { Teacher, TeacherOutput } from './teacher.ts';

/**
 * Answers for a batch: a tensor `[batch, classes]`, or tensors by name (`logits`, or `indices`, `logProbabilities` and
 * `tail`, and `features/<layer>`). `inputs` are the data's, by name, and stay the caller's.
 */
export type Predict = (inputs: Readonly<NamedTensors>) => Tensor | NamedTensors | Promise<Tensor | NamedTensors>;

export interface FunctionTeacherOptions {
  /** Its name in the config. */
  readonly id: string;
  /** What its answers are about, in the order of its outputs. */
  readonly space: LabelSpace;
  readonly predict: Predict;
  /** Names everything that its answers depend on: stored answers are found by it, and asked for anew when it changes. */
  readonly hash: string;
  /** The data's inputs that it reads, for its manifest; it is given all of them. Default: none are named. */
  readonly inputNames?: readonly string[];
  /** What its numbers are; default `logits`. */
  readonly gives?: TeacherOutput | undefined;
}

/** A teacher that is a plain function: a graph model's `predict`, another runtime, a rule. */
export function functionTeacher({ id, space, predict, hash, inputNames = [], gives = 'logits' }: FunctionTeacherOptions): Teacher {
  const named = (answer: Tensor | NamedTensors): NamedTensors => {
    if (answer instanceof Tensor) return answerOf(answer, gives);
    if (answer && typeof answer === 'object' && Object.values(answer).every((value) => value instanceof Tensor)) return answer;
    throw kdError('KD_TEACHER_ANSWER', { teacher: id, received: answer === undefined ? 'undefined' : typeof answer });
  };
  return {
    manifest: { id, space, hash, parameters: 0, inputs: inputNames },
    hasFeature: () => true,
    signals(batch) {
      const answer = predict(batch);
      return answer instanceof Promise ? answer.then(named) : named(answer);
    },
  };
}
