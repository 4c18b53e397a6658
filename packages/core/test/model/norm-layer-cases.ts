import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { expect } from 'vitest';
import { expectClose } from '../../../../test/golden/golden-cases.ts';
import { fromLayersModel, Random, type NamedTensors } from '../../src/index.ts';

type Norm = 'batchNormalization' | 'layerNormalization';
type Options = Readonly<{ axis?: number; scale?: boolean; center?: boolean }>;

export interface NormCase {
  readonly what: string;
  readonly norm: Norm;
  /** Of the whole batch. */
  readonly shape: readonly number[];
  readonly options?: Options;
}

/** The layers library itself fails to train batch normalisation over another axis. */
export const normCases: readonly NormCase[] = [...(['batchNormalization', 'layerNormalization'] as const).flatMap((norm): NormCase[] => [
  { norm, what: 'vectors', shape: [7, 5] },
  { norm, what: 'sequences', shape: [3, 4, 5] },
  { norm, what: 'images', shape: [2, 3, 4, 5] },
  { norm, what: 'a single row', shape: [1, 5] },
  { norm, what: 'no gamma', shape: [4, 3, 5], options: { scale: false } },
  { norm, what: 'no beta', shape: [4, 5], options: { center: false } },
  { norm, what: 'neither', shape: [4, 5], options: { scale: false, center: false } },
]), { norm: 'layerNormalization', what: 'another axis than the last', shape: [3, 4, 5], options: { axis: 1 } }];

type Numbers = Readonly<Record<string, readonly number[]>>;

/** Results of three steps in training: outputs, moving averages and gradients, as numbers. */
interface NormSteps {
  readonly outputs: readonly (readonly number[])[];
  readonly averages: readonly Numbers[];
  readonly gradients: readonly Numbers[];
}

/** By kd's model, its averages carried from step to step. */
function stepsOfModel({ norm, shape, options }: NormCase): NormSteps {
  const model = fromLayersModel(build(norm, shape, options));
  const state: NamedTensors = Object.fromEntries(model.variables.map(({ name, shape: own }) => [name, start(name.split('.')[1]!, own)]));
  const steps = { outputs: [] as number[][], averages: [] as Numbers[], gradients: [] as Numbers[] };
  for (let step = 0; step < 3; step++) {
    const names = model.variables.filter(({ trainable }) => trainable).map(({ name }) => name);
    const x = inputs(shape, step);
    let updates: NamedTensors = {};
    const pass = (given: Tensor, ...weights: Tensor[]): Tensor => {
      const lent = { ...state, ...Object.fromEntries(names.map((name, i) => [name, weights[i]!])) };
      const done = model.call({ [model.inputs[0]!.name]: given }, { training: true, outputs: model.outputs }, lent);
      updates = Object.fromEntries(Object.entries(done.updates).map(([name, tensor]) => [name, tf.keep(tf.clone(tensor))]));
      return done.outputs[model.outputs[0]!]!;
    };
    const sources = [x, ...names.map((name) => state[name]!)];
    const { output, gradients } = weighed(pass, sources);
    Object.assign(state, updates);
    steps.outputs.push(output);
    steps.gradients.push(Object.fromEntries(['x', ...names.map((name) => name.split('.')[1]!)].map((name, i) => [name, gradients[i]!])));
    steps.averages.push(Object.fromEntries(Object.entries(updates).map(([name, tensor]) => [name.split('.')[1]!, numbers(tensor)])));
  }
  return steps;
}

/**
 * By the layers library itself. It fails to train batch normalisation without gamma or beta; those that the case leaves
 * out are 1 and 0.
 */
function stepsOfLibrary({ norm, shape, options: { axis, scale = true, center = true } = {} }: NormCase): NormSteps {
  const model = build(norm, shape, axis === undefined ? {} : { axis });
  const named = model.weights.map((variable) => [variable.originalName.split('/').at(-1)!, variable.read() as Variable] as const);
  for (const [name, variable] of named) {
    const left = (name === 'gamma' && !scale) || (name === 'beta' && !center);
    variable.assign(left ? tf.fill(variable.shape, name === 'gamma' ? 1 : 0) : start(name, variable.shape));
  }
  const trained = named.filter(([name]) => !name.startsWith('moving'));
  const steps = { outputs: [] as number[][], averages: [] as Numbers[], gradients: [] as Numbers[] };
  for (let step = 0; step < 3; step++) {
    const x = inputs(shape, step);
    const { output, gradients } = weighed((given) => model.apply(given, { training: true }) as Tensor, [x, ...trained.map(([, variable]) => variable)]);
    steps.outputs.push(output);
    steps.gradients.push(Object.fromEntries(['x', ...trained.map(([name]) => name)].map((name, i) => [name, gradients[i]!])));
    steps.averages.push(Object.fromEntries(named.filter(([name]) => name.startsWith('moving')).map(([name, variable]) => [name, numbers(variable)])));
  }
  return steps;
}

function build(norm: Norm, shape: readonly number[], options: Options = {}): LayersModel {
  return sequential({ layers: [layers[norm]({ inputShape: shape.slice(1), ...options })] });
}

/** Output, and the gradients of a sum in which no two cells count alike. */
function weighed(pass: (...sources: Tensor[]) => Tensor, sources: Tensor[]): { output: number[]; gradients: number[][] } {
  let output: number[] = [];
  const gradients = tf.tidy(() => tf.engine().gradients(() => {
    const y = pass(...sources);
    output = numbers(y);
    return tf.sum(tf.mul(y, normal(y.shape, 'weights')));
  }, sources, undefined, true).grads.map(numbers));
  return { output, gradients };
}

const start = (name: string, shape: readonly number[]): Tensor => tf.add(tf.mul(normal(shape, name), 0.3), name === 'gamma' || name === 'moving_variance' ? 1 : 0);

const inputs = (shape: readonly number[], step: number): Tensor => tf.add(tf.mul(normal(shape, `x${step}`), 3), 2);

function normal(shape: readonly number[], name: string): Tensor {
  return tf.tensor(new Random(7).stream(name).fillNormal(new Float32Array(tf.util.sizeFromShape([...shape]))), [...shape]);
}

function numbers(tensor: Tensor): number[] {
  return Array.from(tensor.dataSync());
}

/** Outputs, averages and gradients of every step agree. */
export function expectSameSteps(norm: NormCase): void {
  const [received, wanted] = [stepsOfModel(norm), stepsOfLibrary(norm)];
  received.outputs.forEach((output, step) => {
    expectClose(output, wanted.outputs[step]!);
    for (const kind of ['averages', 'gradients'] as const) {
      for (const [name, values] of Object.entries(received[kind][step]!)) expectClose(values, wanted[kind][step]![name]!);
    }
  });
  const { scale = true, center = true } = norm.options ?? {};
  expect(Object.keys(received.gradients[0]!)).toEqual(['x', ...(scale ? ['gamma'] : []), ...(center ? ['beta'] : [])]);
  expect(Object.keys(received.averages[0]!)).toEqual(norm.norm === 'batchNormalization' ? ['moving_mean', 'moving_variance'] : []);
}
