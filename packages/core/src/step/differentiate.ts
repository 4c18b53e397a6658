import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { releaseAll } from '../tensor/keep.ts';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import { onTape } from '../tensor/on-tape.ts';
import type { RandomSource } from '../tensor/random.ts';
import { release } from '../tensor/release.ts';
import type { Batch } from './batch.ts';
import { correctAnswers } from './correct-answers.ts';
import { forwardPass, type Forward, type ForwardInput, type ForwardParts, type StatValues } from './forward-pass.ts';
import { normAndCosine } from './gradient-geometry.ts';
import { globalNorm } from './optimizers/clip-by-global-norm.ts';
import { sampleAlpha } from './sample-alpha.ts';
import { statsVector, type StatsLayout } from './stats.ts';
import type { StepTaps } from './taps.ts';
import { prepareTerm, type PreparedTerm } from './term-input.ts';

export interface DifferentiateParts extends ForwardParts {
  /** Names in the state that receive gradients. */
  readonly trainable: readonly string[];
  readonly stats: StatsLayout;
}

export interface Differentiated {
  /** By the names of the trainable state. */
  readonly gradients: NamedTensors;
  /** New values of state that changes without a gradient. */
  readonly updates: NamedTensors;
  /** One vector, laid out by {@link StatsLayout}. */
  readonly stats: Tensor1D;
}

/** A forward pass and the way back from one of its losses. */
interface Pass {
  readonly gradients: NamedTensors;
  readonly updates: NamedTensors;
  readonly stats: StatValues;
}

/** Takes a pass back from the loss that is chosen; 0 where the batch has no such side. */
type TakePass = (choose: (forward: Forward) => Scalar | undefined) => Pass;

/**
 * signals → targets → views → loss terms → gradients, as a pure function of named tensors: no data is read, and every
 * number that changes between steps comes in through `knobs`.
 *
 * @param knobs scalars: `alpha`, `count/<term>`, `loss/<term>/<name>`, and `trust/<term>` for soft terms that do not weigh 1
 * @param random makes the step's random source; each forward pass draws the same numbers
 */
export function differentiate(parts: DifferentiateParts, state: Readonly<NamedTensors>, batch: Batch, knobs: Readonly<NamedTensors>, random: () => RandomSource): Differentiated {
  return tf.tidy(() => {
    const { objective, taps } = parts;
    const alpha = knobs['alpha'] as Scalar;
    const prepared = retargetEarly(batch.layout.transfer ? objective.soft.map((term) => prepareTerm(term, batch)) : [], taps);
    const input: ForwardInput = { state, batch, knobs, prepared, sampleAlpha: sampleAlpha(objective, prepared, batch, alpha) };
    const take: TakePass = (choose) => takePass(parts, input, random(), choose);
    const { pass, geometry } = objective.alpha.needs?.gradients ? bothSides(take, alpha) : { pass: take(({ total }) => total), geometry: {} };
    const tapped = taps.gradients?.(pass.gradients) ?? pass.gradients;
    const gradients = taps.reduceGradients?.(tapped) ?? tapped;
    const stats = statsVector(parts.stats, { ...pass.stats, ...geometry, gradientNorm: globalNorm(gradients) });
    return { gradients, updates: pass.updates, stats } as unknown as tf.TensorContainer;
  }) as unknown as Differentiated;
}

function takePass(parts: DifferentiateParts, input: ForwardInput, random: RandomSource, choose: (forward: Forward) => Scalar | undefined): Pass {
  const { trainable, objective } = parts;
  const weights = trainable.map((name) => input.state[name]!);
  let forward: Forward | undefined;
  let grads: readonly (Tensor | undefined)[];
  try {
    ({ grads } = onTape(() => {
      forward = forwardPass(parts, input, random);
      return choose(forward) ?? tf.scalar(0);
    }, weights));
  } catch (error) {
    // What was kept goes back to the scope, which ends with this error.
    if (forward) releaseAll({ ...forward.stats, ...forward.updates, answers: forward.answers });
    throw error;
  }
  const { stats, answers, updates } = forward!;
  return {
    gradients: Object.fromEntries(trainable.map((name, i) => [name, grads[i] ?? tf.zerosLike(weights[i]!)])),
    updates: releaseAll(updates),
    stats: { ...releaseAll(stats), correct: correctAnswers(objective, input.batch, release(answers)) },
  };
}

/** Each side's own gradient, at the price of a second pass, for schedulers that compare them. */
function bothSides(take: TakePass, alpha: Scalar): { readonly pass: Pass; readonly geometry: Record<string, Scalar> } {
  const hard = take((forward) => forward.hard);
  const soft = take((forward) => forward.soft);
  const rest = tf.sub(1, alpha);
  const gradients: NamedTensors = {};
  for (const name in hard.gradients) gradients[name] = tf.add(tf.mul(hard.gradients[name]!, alpha), tf.mul(soft.gradients[name]!, rest));
  return { pass: { ...soft, gradients }, geometry: { ...normAndCosine(hard.gradients, soft.gradients) } };
}

/** The `targets` tap sees all targets that are known before the student answers, at once. */
function retargetEarly(prepared: readonly PreparedTerm[], taps: StepTaps): readonly PreparedTerm[] {
  if (!taps.targets) return prepared;
  const known = Object.fromEntries(prepared.flatMap(({ term, aggregate }) => (aggregate ? [[term.name, aggregate.target]] : [])));
  const changed = taps.targets(known);
  return prepared.map((one) => (one.aggregate ? { ...one, aggregate: { ...one.aggregate, target: changed[one.term.name] ?? one.aggregate.target } } : one));
}
