import type { Tensor } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../../tensor/named-tensors.ts';

/**
 * A pure update rule for one weight. The core calls it for every trained tensor, or for some small ones at once
 * ({@link Optimizer.elementwise}), keeps the slots under `optimizer/<slot>/<weight>` and frees what was consumed, so that at
 * most one weight's temporaries are alive.
 */
export interface Optimizer {
  readonly name: string;
  /** Names of the slots that each weight has, e.g. `['momentum']`. */
  readonly slots: readonly string[];
  /**
   * Each element moves by itself, whatever the rest of its weight, the weight's shape and its name: small weights are then
   * updated together, as one vector.
   */
  readonly elementwise?: boolean;
  /** A slot's first value for a weight of this shape; zeros when not given. */
  initialSlot?(slot: string, weight: Tensor): Tensor;
  /**
   * Numbers that change from step to step besides the learning rate, e.g. Adam's bias corrections.
   * They reach `update` as scalar tensors of the same names. `step` counts from 1.
   */
  knobs?(step: number): Readonly<Record<string, number>>;
  /** The weight and its slots after one step. Runs inside `tidy`; inputs are not disposed here. */
  update(input: OptimizerInput): OptimizerOutput;
}

export interface OptimizerInput {
  /** The weight's name; the first one's where small weights are updated together. */
  readonly name: string;
  readonly weight: Tensor;
  /** Of the weight's shape. */
  readonly gradient: Tensor;
  /** By slot; of the weight's shape unless {@link Optimizer.initialSlot} made another. */
  readonly slots: Readonly<NamedTensors>;
  /** Scalars: `learningRate` and what {@link Optimizer.knobs} names. */
  readonly knobs: Readonly<NamedTensors>;
}

export interface OptimizerOutput {
  /** Of the shape that it had. */
  readonly weight: Tensor;
  /** Every declared one, each of the shape that it had. */
  readonly slots: Readonly<NamedTensors>;
}
