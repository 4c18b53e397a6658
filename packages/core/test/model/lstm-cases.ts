import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { input, layers, model, sequential, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { expect } from 'vitest';
import { expectClose } from '../../../../test/golden/golden-cases.ts';
import { fromLayersModel, Random } from '../../src/index.ts';

type LstmArguments = Omit<Parameters<typeof layers.lstm>[0], 'cell' | 'units'> & { readonly units?: number };

export interface LstmCase {
  readonly what: string;
  readonly build: () => LayersModel;
  /** Of the whole batch, one an input of the model. */
  readonly shapes: readonly number[][];
  /** Inputs are whole numbers below this. */
  readonly words?: number;
  /** Whether kd computes the layers itself. */
  readonly own: boolean;
}

const shape = [3, 5, 4];
const lstm = (options: LstmArguments = {}): layers.Layer => layers.lstm({ units: 6, recurrentInitializer: 'glorotUniform', ...options });
const chain = (first: number[], ...all: layers.Layer[]): LayersModel => sequential({ layers: [layers.inputLayer({ batchInputShape: [null, ...first.slice(1)] }), ...all] });
const one = (what: string, options: LstmArguments, own = true, of = shape): LstmCase => ({ what, own, shapes: [of], build: () => chain(of, lstm(options)) });

/** The layers library itself fails to train over one step. */
export const lstmCases: readonly LstmCase[] = [
  one('hard gates', {}),
  one('soft gates', { recurrentActivation: 'sigmoid' }),
  one('all states', { returnSequences: true, recurrentActivation: 'sigmoid' }),
  one('the last step first', { goBackwards: true }),
  one('all states, the last step first', { goBackwards: true, returnSequences: true }),
  one('no bias', { useBias: false, recurrentActivation: 'sigmoid' }),
  one('one row', { returnSequences: true }, true, [1, 5, 4]),
  { what: 'one unit of one feature', own: true, shapes: [[2, 3, 1]], build: () => chain([2, 3, 1], lstm({ units: 1 })) },
  { what: 'one upon another', own: true, shapes: [shape], build: () => chain(shape, lstm({ returnSequences: true }), lstm({ returnSequences: true, recurrentActivation: 'sigmoid' }), lstm()) },
  ...(['concat', 'sum'] as const).map((mergeMode): LstmCase => ({ what: `both directions, ${mergeMode}`, own: true, shapes: [shape], build: () => chain(shape, layers.bidirectional({ layer: lstm({ returnSequences: mergeMode === 'sum' }) as never, mergeMode })) })),
  one('other activations', { activation: 'relu', recurrentActivation: 'tanh' }, false),
  { what: 'a mask', own: false, shapes: [[3, 5]], words: 4, build: () => chain([3, 5], layers.embedding({ inputDim: 4, outputDim: 3, maskZero: true }), lstm()) },
  { what: 'a kept state', own: false, shapes: [shape], build: () => sequential({ layers: [lstm({ stateful: true, batchInputShape: shape })] }) },
  {
    what: 'a state to begin with', own: false, shapes: [shape, [3, 6], [3, 6]],
    build: () => {
      const inputs = [shape, [3, 6], [3, 6]].map((of) => input({ shape: of.slice(1) }));
      return model({ inputs, outputs: lstm().apply(inputs) as SymbolicTensor });
    },
  },
  {
    what: 'a state that is told', own: false, shapes: [shape],
    build: () => {
      const x = input({ shape: shape.slice(1) });
      return model({ inputs: x, outputs: layers.concatenate().apply(lstm({ returnState: true }).apply(x) as SymbolicTensor[]) as SymbolicTensor });
    },
  },
];

interface Pass {
  readonly output: readonly number[];
  /** Of the inputs, then of the weights; none of words. */
  readonly gradients: readonly (readonly number[])[];
  /** What the backend was called for, in the forward pass and for all gradients. */
  readonly calls: number;
}

/** Outputs and all gradients are those of the layers library, in training and without; so is what is computed elsewhere. */
export function expectSameAsLibrary({ build, shapes, words, own }: LstmCase): void {
  const built = build();
  const values = built.weights.map(({ shape: of }, i) => normal(of as number[], `weight${i}`));
  built.setWeights(values);
  const inputs = shapes.map((of, i) => (words ? tf.cast(tf.floor(tf.mul(uniform(of, `x${i}`), words)), 'int32') : normal(of, `x${i}`)));
  const student = fromLayersModel(built);
  const variables = built.weights.map((weight) => weight.read() as Variable);
  for (const training of [true, false]) {
    const byModel = pass((given, weights) => {
      const named = Object.fromEntries(student.inputs.map(({ name }, i) => [name, given[i]!]));
      return student.call(named, { training, outputs: student.outputs }, Object.fromEntries(student.variables.map(({ name }, i) => [name, weights[i]!]))).outputs[student.outputs[0]!]!;
    }, inputs, values);
    if (built.layers.some(({ stateful }) => stateful)) built.resetStates();
    const byLibrary = pass((given) => built.apply(given.length === 1 ? given[0]! : given, { training }) as Tensor, inputs, variables);
    expectClose([...byModel.output], [...byLibrary.output]);
    expect(byModel.gradients.length).toBe(byLibrary.gradients.length);
    byModel.gradients.forEach((gradient, i) => expectClose([...gradient], [...byLibrary.gradients[i]!]));
    if (own) expect(byModel.calls).toBeLessThan(0.8 * byLibrary.calls);
    else expect(byModel.calls).toBe(byLibrary.calls);
    if (built.layers.some(({ stateful }) => stateful)) built.resetStates();
  }
  tf.dispose([values, inputs]);
  built.dispose();
}

/** Output, and the gradients of a sum in which no two cells count alike. */
function pass(compute: (inputs: Tensor[], weights: Tensor[]) => Tensor, inputs: Tensor[], weights: Tensor[]): Pass {
  const engine = tf.engine();
  const run = engine.runKernel.bind(engine);
  let [output, calls] = [[] as number[], 0];
  engine.runKernel = ((...args: Parameters<typeof run>) => {
    calls++;
    return run(...args);
  }) as typeof run;
  try {
    const sources = [...inputs.filter(({ dtype }) => dtype === 'float32'), ...weights];
    const gradients = tf.tidy(() => engine.gradients(() => {
      const y = compute(inputs, weights);
      output = numbers(y);
      return tf.sum(tf.mul(y, normal(y.shape, 'share')));
    }, sources, undefined, true).grads.map(numbers));
    return { output, gradients, calls };
  } finally {
    engine.runKernel = run;
  }
}

function normal(of: readonly number[], name: string): Tensor {
  return tf.tensor(new Random(7).stream(name).fillNormal(new Float32Array(tf.util.sizeFromShape([...of]))), [...of]);
}

function uniform(of: readonly number[], name: string): Tensor {
  return tf.tensor(new Random(7).stream(name).fillUniform(new Float32Array(tf.util.sizeFromShape([...of]))), [...of]);
}

function numbers(tensor: Tensor): number[] {
  return Array.from(tensor.dataSync());
}
