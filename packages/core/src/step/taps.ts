import type { Scalar } from '@tensorflow/tfjs-core';
import type { Target } from '../knowledge/target.ts';
import type { NamedTensors } from '../tensor/named-tensors.ts';

/** One term of the loss, reduced: its mean over the samples it covers. */
export interface LossTerm {
  /** `hard/<label space>` on the hard side, the term's name in the config on the soft one. */
  readonly name: string;
  readonly role: 'hard' | 'soft';
  /** Over the samples that the term covers; not yet multiplied by `weight`. */
  readonly mean: Scalar;
  /** Multiplies the mean inside its side; a constant, through which no gradient flows. */
  readonly weight: number | Scalar;
}

/** Where plugins reach into the step. Each is pure and synchronous; compiled, it runs once per batch shape. */
export interface StepTaps {
  /** After aggregation: targets by term. */
  targets?(targets: Readonly<Record<string, Target>>): Readonly<Record<string, Target>>;
  /** In the gradient tape: add, drop or reweigh terms. */
  lossTerms?(terms: readonly LossTerm[]): readonly LossTerm[];
  /** Clip, project: gradients by the name of the weight. */
  gradients?(gradients: Readonly<NamedTensors>): Readonly<NamedTensors>;
  /** All-reduce across ranks. */
  reduceGradients?(gradients: Readonly<NamedTensors>): Readonly<NamedTensors>;
}
