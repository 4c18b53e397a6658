import {
  eagerRandom, perSampleOf, Random, resolveLabelSpaces, stopGradient, targetOf, under, viewOf,
  type Loss, type LossContext, type LossInput, type LossOutput, type NamedTensors, type RandomSource, type Target, type View,
} from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { read } from '../numbers.ts';
import { attempt, type Fail } from '../fail.ts';
import { NAMES, type LossCase } from './loss-case.ts';

const DECLARES = 'a loss reads only what it declares that it needs';

/** The loss on a case, as the core calls it: what was not declared can't be read. */
export function compute(loss: Loss, { batch, state, knobs }: LossCase, fail: Fail, random: RandomSource = eagerRandom(new Random(11), 0)): LossOutput {
  const { role, needs } = loss;
  const unread = (what: string): (() => never) => () => fail(DECLARES, `it reads ${what}`);
  const noTarget = (why: string): Target => ({ logits: unread(why), probabilities: unread(why), logProbabilities: unread(why) });
  const target = role === 'hard' ? noTarget('the teachers’ target in a loss against labels')
    : needs?.logits === false ? noTarget('the teachers’ target and has `needs.logits: false`') : targetOf(stopGradient(batch['teacher'] as Tensor2D));
  const labels = (role === 'hard' || needs?.labels ? batch['labels']! : new Proxy(batch['labels']!, { get: unread('`labels` without `needs: { labels: true }`') })) as Tensor1D;
  const featuresOf = (side: 'student' | 'teacher'): Readonly<NamedTensors> =>
    declared(under(batch, `features/${side}`), (layer) => unread(`the ${side}’s feature '${layer}' without \`needs.features\``)());
  const views = Object.fromEntries((needs?.views ?? []).map((name) => [name, pairOf(name)]));
  const input: LossInput = {
    student: batch['student'] as Tensor2D, target, labels,
    features: { student: featuresOf('student'), teacher: featuresOf('teacher') },
    views,
  };
  const context: LossContext = { state, knobs, rows: batch['rows'] as Tensor1D, random };
  const output = attempt(fail, 'a loss can be computed', () => loss.compute(input, context));
  for (const [name, tensor] of Object.entries({ ...batch, ...state, ...knobs })) if (tensor.isDisposed) return fail('a loss leaves its inputs alone', `it disposed '${name}'`);
  return output;
}

const madeViews = new Map<string, View>();

/** A space of two classes, `left` and `right`, made of the case's. Made once, for it keeps its index tensors. */
function pairOf(name: string): View {
  const known = madeViews.get(name);
  if (known) return known;
  const spaces = resolveLabelSpaces({ all: NAMES, pair: { of: 'all', groups: { left: NAMES.slice(0, 2), right: NAMES.slice(2) } } });
  const made = viewOf(spaces.get('all')!, spaces.get('pair')!)!;
  madeViews.set(name, made);
  return made;
}

/** Named tensors of which no other name can be read. */
function declared(named: Readonly<NamedTensors>, unread: (name: string) => never): Readonly<NamedTensors> {
  return new Proxy(named, { get: (target, name) => (typeof name === 'string' && !(name in target) ? unread(name) : Reflect.get(target, name)) });
}

/** `[batch]` as numbers. */
export async function valuesOf(loss: Loss, given: LossCase, fail: Fail, random?: RandomSource): Promise<Float32Array> {
  return read(tf.tidy(() => tf.clone(perSampleOf(compute(loss, given, fail, random)))));
}

/** What may receive gradients: the student's logits and features, and the loss's own trainable state. */
export function trainableOf(loss: Loss, { batch, state, trainable }: LossCase): NamedTensors {
  const found: NamedTensors = {};
  if (loss.needs?.logits !== false || loss.role === 'hard') found['student'] = batch['student']!;
  for (const [name, tensor] of Object.entries(under(batch, 'features/student'))) found[`features/student/${name}`] = tensor;
  for (const name of trainable) found[`state/${name}`] = state[name]!;
  return found;
}

/** The case with other tensors in place of some. */
export function replaceIn({ batch, state, ...rest }: LossCase, replaced: Readonly<NamedTensors>): LossCase {
  const own: NamedTensors = { ...batch };
  for (const name in replaced) if (!name.startsWith('state/')) own[name] = replaced[name]!;
  return { ...rest, batch: own, state: { ...state, ...under(replaced, 'state') } };
}

/** `Σ mask · loss`, as a tensor. @param rows those that count; all when left out */
export function sumOf(loss: Loss, given: LossCase, fail: Fail, rows?: Tensor1D): Scalar {
  const perSample = perSampleOf(compute(loss, given, fail));
  return tf.sum(rows ? tf.where(tf.greater(rows, 0), perSample, tf.zerosLike(perSample)) : perSample);
}

/** Gradients of {@link sumOf} by name; zeros where none flows. */
export async function gradientsOf(loss: Loss, given: LossCase, fail: Fail, wanted: Readonly<NamedTensors>, rows?: Tensor1D): Promise<Record<string, Float32Array>> {
  const names = Object.keys(wanted);
  const tensors = tf.tidy(() => {
    const { grads } = attempt(fail, 'the values of a loss have a gradient', () => tf.engine().gradients(() => sumOf(loss, replaceIn(given, wanted), fail, rows), names.map((name) => wanted[name]!), undefined, true));
    return names.map((name, i) => grads[i] ?? tf.zerosLike(wanted[name]!)) as Tensor[];
  });
  const result: Record<string, Float32Array> = {};
  for (const [i, name] of names.entries()) result[name] = await read(tensors[i]!);
  return result;
}
