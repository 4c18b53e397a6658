import { disposeAll, notPlain, type Aggregator, type NamedTensors } from '@kd/core';
import * as tf from '@tensorflow/tfjs-core';
import { allFinite, distance, read, show } from '../numbers.ts';
import { expectNoLeak } from '../no-leak.ts';
import { stored } from '../plain.ts';
import { attempt, type Fail } from '../fail.ts';
import { subjectOf, type StrategyOf, type SubjectOptions } from '../subject.ts';
import { aggregatorCase, CLASSES, inputOf, judgedSignals, type Flavour } from './aggregator-case.ts';

export interface CheckAggregatorOptions extends SubjectOptions {
  /** Names of the teachers, for aggregators whose options name them; default `first`, `second`, `third`. */
  readonly teachers?: readonly string[];
  /** It changes what teachers say (re-maps, corrects), so that a teacher by itself need not come back. Default false. */
  readonly repairs?: boolean;
  /** Absolute error that a probability may have in float32; default 1e-4. */
  readonly tolerance?: number;
}

interface Said {
  readonly probabilities: Float32Array;
  readonly logProbabilities: Float32Array;
  readonly warm: Float32Array;
  readonly logits: Float32Array;
  readonly weights: Float32Array | undefined;
}

/**
 * Holds an aggregator to its contract: targets whose rows sum to 1 and are finite at any temperature; weights that sum to
 * 1; the order of the teachers makes no difference; a teacher by itself, or teachers that agree, come back as they were;
 * what it prepares is plain data; repeatable; no tensor left behind. Composite aggregators (`forGranularity`) are checked
 * by their parts.
 *
 * @param given a strategy, or an aggregator
 * @throws `KD_CONFORMANCE` with the first rule that is broken
 */
export async function checkAggregator(given: StrategyOf<'aggregator'> | Aggregator, options: CheckAggregatorOptions = {}): Promise<void> {
  const { made: aggregator, fail } = subjectOf('aggregator', given, options);
  const { teachers = ['first', 'second', 'third'], repairs = false, tolerance = 1e-4 } = options;
  const prepare = async (order: readonly string[]): Promise<unknown> => (aggregator.prepare ? prepared(aggregator, await judgedSignals(order, teachers), fail) : undefined);
  const say = async (flavour: Flavour, order: readonly string[]): Promise<Said> => {
    const made = aggregatorCase(teachers, flavour);
    const said = await answer(aggregator, made, order, await prepare(order), fail);
    disposeAll(made);
    expectDistributions(said, flavour, order.length, tolerance, fail);
    return said;
  };

  const ordinary = await say('ordinary', teachers);
  const again = await say('ordinary', teachers);
  if (distance(ordinary.probabilities, again.probabilities) > 0) fail('the same signals give the same target', `${show(ordinary.probabilities)} became ${show(again.probabilities)}`);
  await say('large', teachers);
  await say('certain', teachers);

  const order = [...teachers.slice(1), teachers[0]!];
  const permuted = await say('ordinary', order);
  if (distance(ordinary.probabilities, permuted.probabilities) > tolerance) fail('the order of the teachers makes no difference', `the target ${show(ordinary.probabilities)} became ${show(permuted.probabilities)}`);
  if (ordinary.weights && permuted.weights && distance(order.map((name) => ordinary.weights![teachers.indexOf(name)]!), permuted.weights) > tolerance) {
    fail('weights move with their teachers', `${show(ordinary.weights)} became ${show(permuted.weights)} for the order ${order.join(', ')}`);
  }
  if (!repairs) {
    await expectsBack(say, 'ordinary', teachers.slice(0, 1), 'a teacher by itself comes back as it was', tolerance, fail);
    await expectsBack(say, 'agreeing', teachers, 'teachers that agree come back as they were', tolerance, fail);
  }

  const made = aggregatorCase(teachers, 'ordinary');
  const state = await prepare(teachers);
  expectNoLeak(fail, () => tf.tidy(() => void aggregator.aggregate(inputOf(aggregator, made, teachers), state).target.probabilities(4)));
  disposeAll(made);
}

function prepared(aggregator: Aggregator, judged: Parameters<NonNullable<Aggregator['prepare']>>[0], fail: Fail): unknown {
  const result = attempt(fail, 'an aggregator can prepare itself', () => aggregator.prepare!(judged));
  const problem = notPlain(result, 'its result');
  if (problem) fail('`prepare` gives plain data, which is stored with the run', problem);
  return stored(result);
}

async function answer(aggregator: Aggregator, made: NamedTensors, order: readonly string[], state: unknown, fail: Fail): Promise<Said> {
  const tensors = tf.tidy(() => {
    const { target, weights } = attempt(fail, 'signals can be aggregated', () => aggregator.aggregate(inputOf(aggregator, made, order), state));
    const found: NamedTensors = { probabilities: tf.clone(target.probabilities()), logProbabilities: tf.clone(target.logProbabilities()), warm: tf.clone(target.probabilities(4)), logits: tf.clone(target.logits()) };
    if (weights) found['weights'] = tf.stack(weights.map((weight) => (typeof weight === 'number' ? tf.scalar(weight) : tf.reshape(weight, []))));
    return found;
  });
  const shape = tensors['probabilities']!.shape;
  if (String(shape) !== String(made['student']!.shape)) fail(`a target has the shape [${made['student']!.shape.join(', ')}]`, `it is [${shape.join(', ')}]`);
  const entries = await Promise.all(Object.entries(tensors).map(async ([name, tensor]) => [name, await read(tensor)] as const));
  return Object.fromEntries(entries) as unknown as Said;
}

function expectDistributions(said: Said, flavour: Flavour, teachers: number, tolerance: number, fail: Fail): void {
  const where = flavour === 'ordinary' ? '' : ` (${flavour} teachers)`;
  for (const [name, values] of Object.entries(said)) if (values && !allFinite(values)) fail(`a target is finite${where}`, `${name} is ${show(values)}`);
  for (const [name, values] of [['at T = 1', said.probabilities], ['at T = 4', said.warm]] as const) {
    for (let row = 0; row < values.length; row += CLASSES) {
      const sum = values.slice(row, row + CLASSES).reduce((total, value) => total + value, 0);
      if (Math.abs(sum - 1) > tolerance) fail(`the target's rows sum to 1 ${name}${where}`, `a row sums to ${sum.toPrecision(5)}`);
    }
  }
  const exponents = said.logProbabilities.map(Math.exp);
  if (distance(exponents, said.probabilities) > tolerance) fail('`logProbabilities` are the logarithms of `probabilities`', `they are those of ${show(exponents)} in place of ${show(said.probabilities)}`);
  if (!said.weights) return;
  if (said.weights.length !== teachers) fail(`there is one weight a teacher, ${teachers} in all`, `there are ${said.weights.length}`);
  const sum = said.weights.reduce((total, weight) => total + weight, 0);
  if (Math.abs(sum - 1) > tolerance) fail('weights sum to 1', `${show(said.weights)} sum to ${sum.toPrecision(5)}`);
}

async function expectsBack(say: (flavour: Flavour, order: readonly string[]) => Promise<Said>, flavour: Flavour, order: readonly string[], rule: string, tolerance: number, fail: Fail): Promise<void> {
  const { probabilities, warm } = await say(flavour, order);
  const made = aggregatorCase(order, flavour);
  const logits = made[`teachers/${order[0]!}`] as tf.Tensor2D;
  const expected = await read(tf.softmax(logits));
  const softened = await read(tf.tidy(() => tf.softmax(tf.div(logits, 4))));
  disposeAll(made);
  if (distance(probabilities, expected) > tolerance) fail(rule, `${show(expected)} became ${show(probabilities)}`);
  if (distance(warm, softened) > tolerance) fail(`${rule}, at T = 4, too`, `${show(softened)} became ${show(warm)}`);
}
