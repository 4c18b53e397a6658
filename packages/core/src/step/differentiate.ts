import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { Target } from '../knowledge/target.ts';
import type { Model } from '../model/model.ts';
import type { LossContext } from '../objective/loss.ts';
import type { Objective } from '../objective/objective.ts';
import type { RandomSource } from '../tensor/random.ts';
import { release } from '../tensor/release.ts';
import { stopGradient } from '../tensor/stop-gradient.ts';
import { under, withPrefix, type NamedTensors } from '../tensor/named-tensors.ts';
import type { Batch } from './batch.ts';
import { combineSides, sumOfSide } from './combine-sides.ts';
import { hardSide } from './hard-side.ts';
import { normAndCosine } from './gradient-geometry.ts';
import { onTape } from '../tensor/on-tape.ts';
import { rowsOf } from './rows.ts';
import { sampleAlpha } from './sample-alpha.ts';
import { softSide } from './soft-side.ts';
import { statsVector, type StatsLayout } from './stats.ts';
import type { StepTaps } from './taps.ts';
import { prepareTerm, type PreparedTerm } from './term-input.ts';
import { globalNorm } from './optimizers/clip-by-global-norm.ts';

export interface DifferentiateParts {
  readonly student: Model;
  readonly objective: Objective;
  readonly taps: StepTaps;
  /** Names in the state that receive gradients. */
  readonly trainable: readonly string[];
  /** Outputs and layers of the student that are wanted. */
  readonly wanted: readonly string[];
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

/** What a forward pass gives. The three losses belong to the tape's scope; all else is kept beyond it. */
interface Forward {
  readonly hard: Scalar | undefined;
  readonly soft: Scalar | undefined;
  readonly total: Scalar;
  readonly stats: Stats;
  /** The student's outputs on its first head. */
  readonly answers: Tensor;
  readonly updates: NamedTensors;
}

type Stats = Readonly<Record<string, Scalar | number>>;

/**
 * signals → targets → views → loss terms → gradients, as a pure function of named tensors: no data is read, and every
 * number that changes between steps comes in through `knobs`.
 *
 * @param knobs scalars: `alpha`, `count/<term>`, `loss/<term>/<name>`, and `trust/<term>` for soft terms that do not weigh 1
 * @param random makes the step's random source; each forward pass draws the same numbers
 */
export function differentiate(parts: DifferentiateParts, state: Readonly<NamedTensors>, batch: Batch, knobs: Readonly<NamedTensors>, random: () => RandomSource): Differentiated {
  return tf.tidy(() => {
    const { objective, taps, trainable } = parts;
    const prepared = retargetEarly(batch.layout.transfer ? objective.soft.map((term) => prepareTerm(term, batch)) : [], taps);
    const alpha = sampleAlpha(objective, prepared, batch, knobs['alpha'] as Scalar);
    const weights = trainable.map((name) => state[name]!);
    const run = (choose: (forward: Forward) => Scalar | undefined): Pass => {
      let forward: Forward | undefined;
      let grads: readonly (Tensor | undefined)[];
      try {
        ({ grads } = onTape(() => {
          forward = forwardPass(parts, state, batch, knobs, random(), prepared, alpha);
          return choose(forward) ?? tf.scalar(0);
        }, weights));
      } catch (error) {
        // What was kept goes back to the scope, which ends with this error.
        if (forward) releaseAll({ ...forward.stats, ...forward.updates, answers: forward.answers });
        throw error;
      }
      const gradients: NamedTensors = {};
      trainable.forEach((name, i) => (gradients[name] = grads[i] ?? tf.zerosLike(weights[i]!)));
      const { stats, answers, updates } = forward!;
      return { stats: { ...releaseAll(stats), correct: correctAnswers(objective, batch, release(answers)) }, updates: releaseAll(updates), gradients };
    };
    const { pass, geometry } = objective.alpha.needs?.gradients ? bothSides(run, knobs['alpha'] as Scalar) : { pass: run(({ total }) => total), geometry: {} };
    let gradients = taps.gradients?.(pass.gradients) ?? pass.gradients;
    gradients = taps.reduceGradients?.(gradients) ?? gradients;
    const stats = statsVector(parts.stats, { ...pass.stats, ...geometry, gradientNorm: globalNorm(gradients) });
    return { gradients, updates: pass.updates, stats } as unknown as tf.TensorContainer;
  }) as unknown as Differentiated;
}

interface Pass {
  readonly gradients: NamedTensors;
  readonly updates: NamedTensors;
  readonly stats: Stats;
}

/** Each side's own gradient, at the price of a second pass, for schedulers that compare them. */
function bothSides(run: (choose: (forward: Forward) => Scalar | undefined) => Pass, alpha: Scalar): { readonly pass: Pass; readonly geometry: Record<string, Scalar> } {
  const hard = run((forward) => forward.hard);
  const soft = run((forward) => forward.soft);
  const rest = tf.sub(1, alpha);
  const gradients: NamedTensors = {};
  for (const name in hard.gradients) gradients[name] = tf.add(tf.mul(hard.gradients[name]!, alpha), tf.mul(soft.gradients[name]!, rest));
  return { pass: { ...soft, gradients }, geometry: { ...normAndCosine(hard.gradients, soft.gradients) } };
}

function forwardPass(parts: DifferentiateParts, state: Readonly<NamedTensors>, batch: Batch, knobs: Readonly<NamedTensors>, random: RandomSource, prepared: readonly PreparedTerm[], alpha: Tensor1D | undefined): Forward {
  const { student, objective, taps, wanted } = parts;
  const { outputs, updates } = student.call(under(batch.tensors, 'inputs'), { training: true, outputs: wanted, random }, under(state, 'student'));
  const context = (range: 'labelled' | 'transfer') => (term: string): LossContext => ({
    state: under(state, `loss/${term}`),
    knobs: under(knobs, `loss/${term}`),
    rows: rowsOf(batch.tensors['rows']!, batch.layout[range]!, batch.layout) as Tensor1D,
    random,
  });
  const count = (term: string): Scalar => knobs[`count/${term}`] as Scalar;
  const trust = (term: string): Scalar | undefined => knobs[`trust/${term}`] as Scalar | undefined;
  const rest = alpha && (tf.sub(1, alpha) as Tensor1D);
  const retarget = (term: string, target: Target): Target => taps.targets?.({ [term]: target })[term] ?? target;
  const side = softSide(prepared, batch, outputs, context('transfer'), count, trust, rest, retarget);
  const terms = [...hardSide(objective.hard, batch, outputs, context('labelled'), count, alpha), ...side.terms];
  const tapped = taps.lossTerms?.(terms) ?? terms;
  const hard = sumOfSide(tapped, 'hard');
  const soft = sumOfSide(tapped, 'soft');
  const { total, alpha: effective } = combineSides(objective, hard, soft, knobs['alpha'] as Scalar, alpha, under(state, 'alpha'));
  const stats: Record<string, Scalar | number> = { loss: total, hard: hard ?? 0, soft: soft ?? 0, alpha: effective };
  for (const { name, mean } of tapped) stats[`term/${name}`] = mean;
  for (const [term, weights] of Object.entries(side.weights)) weights.forEach((weight, k) => (stats[`weight/${term}/${k}`] = weight as Scalar | number));
  return {
    hard, soft, total,
    stats: keepAll(stats),
    answers: keep(outputs[objective.heads[0]!.output]!),
    updates: keepAll({ ...withPrefix('student', updates), ...withPrefix('loss', side.updates) }),
  };
}

/** The `targets` tap sees all targets that are known before the student answers, at once. */
function retargetEarly(prepared: readonly PreparedTerm[], taps: StepTaps): readonly PreparedTerm[] {
  if (!taps.targets) return prepared;
  const known = Object.fromEntries(prepared.flatMap(({ term, aggregate }) => (aggregate ? [[term.name, aggregate.target]] : [])));
  const changed = taps.targets(known);
  return prepared.map((one) => (one.aggregate ? { ...one, aggregate: { ...one.aggregate, target: changed[one.term.name] ?? one.aggregate.target } } : one));
}

/** How many labelled rows the student gets right on its first head. */
function correctAnswers({ heads }: Objective, batch: Batch, outputs: Tensor): Scalar | number {
  const head = heads[0]!;
  const range = batch.layout.labelled;
  if (!range || head.space.kind === 'values') return Number.NaN;
  const labels = rowsOf(batch.tensors[`labels/${head.space.name}`]!, range, batch.layout);
  const answers = tf.argMax(rowsOf(outputs, range, batch.layout), -1);
  return tf.sum(tf.cast(tf.equal(answers, labels), 'float32'));
}

/** A copy of the reference, so that what is kept is owned here alone. */
function keep<T extends Tensor | number>(value: T): T {
  return typeof value === 'number' ? value : (tf.keep(stopGradient(value)) as T);
}

function keepAll<T extends Tensor | number>(named: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name, keep(value)]));
}

function releaseAll<T extends Tensor | number>(named: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  for (const name in named) if (typeof named[name] !== 'number') release(named[name] as Tensor);
  return named;
}
