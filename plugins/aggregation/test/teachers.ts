import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { eagerRandom, klDivergence, perSampleOf, Random, type AggregationInput, type LossContext, type Target, type TeacherSignal } from '@kd/core';
import { tensorOf, valueAndGradient, type GoldenCase } from '../../../test/golden/golden-cases.ts';

const context: LossContext = { state: {}, knobs: {}, get rows() { return tf.tensor1d([], 'int32'); }, random: eagerRandom(new Random(1), 0) };

function signalsOf(logits: readonly Tensor2D[]): TeacherSignal[] {
  return logits.map((own, k) => ({ teacher: `t${k}`, signal: { kind: 'dense', logits: own }, logits: own, view: undefined }));
}

export function teachersOf({ inputs }: GoldenCase): Tensor2D[] {
  return tf.unstack(tensorOf<Tensor3D>(inputs['teacher_logits']!)) as Tensor2D[];
}

export function inputOf(logits: readonly Tensor2D[], labels?: readonly number[]): AggregationInput {
  const [batch, classes] = logits[0]!.shape;
  return { signals: signalsOf(logits), classes, labels: tf.tensor1d(labels ? [...labels] : new Array<number>(batch).fill(-1), 'int32') };
}

export function kl(student: Tensor2D, target: Target, temperature: number): Tensor1D {
  const labels = tf.fill([student.shape[0]], -1, 'int32') as Tensor1D;
  return perSampleOf(klDivergence.create({ temperature }, {}).compute({ student, target, labels, features: { student: {}, teacher: {} } }, context));
}

/** The loss of a case's student against a target, and its gradient. */
export function distill(golden: GoldenCase, target: Target): ReturnType<typeof valueAndGradient> {
  return valueAndGradient(tensorOf(golden.inputs['student_logits']!), (student: Tensor2D) => kl(student, target, golden.params['temperature']));
}

/**
 * `T² · mean_b [H(Σ w p) − Σ w H(p)]`: by how much a weighted mean of losses is above the loss of the weighted mean,
 * whatever the student says.
 *
 * @param weights `[teachers, batch]`
 */
export function spreadOf(teachers: readonly Tensor2D[], weights: readonly (readonly number[])[], temperature: number): number {
  const entropy = (p: readonly number[]): number => -p.reduce((sum, x) => sum + (x > 0 ? x * Math.log(x) : 0), 0);
  const answers = teachers.map((logits) => tf.softmax(tf.div(logits, temperature)).arraySync() as number[][]);
  const samples = answers[0]!.map((_, b) => {
    const mixed = answers[0]![b]!.map((_, c) => answers.reduce((sum, p, k) => sum + weights[k]![b]! * p[b]![c]!, 0));
    return entropy(mixed) - answers.reduce((sum, p, k) => sum + weights[k]![b]! * entropy(p[b]!), 0);
  });
  return (temperature ** 2 * samples.reduce((sum, x) => sum + x, 0)) / samples.length;
}
