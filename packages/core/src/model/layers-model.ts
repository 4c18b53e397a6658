import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { model as functionalModel, type LayersModel } from '@tensorflow/tfjs-layers';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import { release } from '../tensor/release.ts';
import { architectureOf } from './architecture.ts';
import { bypassSoftmax } from './bypass-softmax.ts';
import { addComparisonGradients } from './comparison-gradients.ts';
import { expectOutput, findOutput } from './find-output.ts';
import type { LayerVariable } from './layers.ts';
import { lendingOf, type CallScope } from './lent-weights.ts';
import type { CallOptions, CallResult, Model, ModelInput, Variable } from './model.ts';
import { ParkedWeights } from './park-weights.ts';
import { recomputingPass } from './recomputing-call.ts';
import { replaceTileGradient } from './tile-gradient.ts';

/**
 * A TensorFlow.js layers model as a pure function. Its variables lend themselves to the call: while it runs, reading
 * gives the weights that came in and writing is collected as updates; otherwise the model is as it was.
 */
export function fromLayersModel(model: LayersModel): Model {
  replaceTileGradient();
  addComparisonGradients();
  const variables = model.weights.map((variable, index) => describeVariable(variable, index, model));
  const byName = new Map(variables.map(({ name }, index) => [name, model.weights[index]!]));
  const lending = lendingOf(model);
  const parked = new ParkedWeights(model.weights);
  const extract = extractsOf(model);

  /** Lends the weights to the layers while `body` computes the outputs. */
  const lent = ({ outputs, random }: CallOptions, weights: Readonly<NamedTensors> | undefined, body: (scope: CallScope) => readonly Tensor[]): CallResult => {
    const lentWeights = new Map<LayerVariable, Tensor>();
    if (weights) for (const [name, variable] of byName) lentWeights.set(variable, weights[name]!);
    const running: CallScope = { weights: lentWeights, updates: new Map(), random };
    try {
      const list = lending.within(running, () => body(running));
      return { outputs: Object.fromEntries(outputs.map((name, i) => [name, list[i]!])), updates: updatesOf(running, byName) };
    } catch (error) {
      for (const updated of running.updates.values()) updated.dispose();
      throw error;
    }
  };

  const inputs = inputsOf(model);
  const valuesOf = (given: Readonly<NamedTensors>): Tensor[] => inputs.map(({ name }) => given[name]!);
  const self: Model = {
    name: model.name,
    inputs,
    // A sequential model has no list of names; those of the layers at its ends are what a functional model lists.
    outputs: model.outputs.map(({ sourceLayer }) => sourceLayer.name),
    layers: model.layers.map((layer) => layer.name),
    variables,
    shapeOf: (name) => findOutput(model, name)?.shape.slice(1),
    wantLogits: (name) => bypassSoftmax(model, name, () => lending.active()),
    values: () => Object.fromEntries(variables.map(({ name }) => [name, tf.clone(byName.get(name)!.read())])),
    assign(values) {
      for (const { name } of variables) byName.get(name)!.write(values[name]!);
    },
    call: (given, options, weights) => lent(options, weights, () => {
      const values = valuesOf(given);
      const answer = extract(options.outputs).apply(values.length === 1 ? values[0]! : values, { training: options.training }) as Tensor | Tensor[];
      return Array.isArray(answer) ? answer : [answer];
    }),
    recomputing(outputs) {
      const pass = recomputingPass(model, outputs.map((name) => expectOutput(model, name)), lending);
      if ('why' in pass) return pass;
      const call: Model['call'] = (given, options, weights) =>
        options.training ? lent({ ...options, outputs }, weights, (scope) => pass.run(valuesOf(given), scope)) : self.call(given, options, weights);
      return { heldPerRow: pass.heldPerRow, model: { ...self, call } };
    },
    park: () => parked.park(),
    unpark: () => parked.unpark(),
    describe: () => architectureOf(model),
    layersModel: model,
  };
  return self;
}

/** Models of the same layers that give other outputs, each made when it is first wanted. */
function extractsOf(model: LayersModel): (outputs: readonly string[]) => LayersModel {
  const extracts = new Map<string, LayersModel>();
  return (outputs) => {
    const key = outputs.join('\n');
    let found = extracts.get(key);
    if (!found) extracts.set(key, (found = functionalModel({ inputs: model.inputs, outputs: outputs.map((name) => expectOutput(model, name)) })));
    return found;
  };
}

function inputsOf(model: LayersModel): readonly ModelInput[] {
  return model.inputs.map(({ sourceLayer, shape, dtype }) => ({ name: sourceLayer.name, shape: shape.slice(1), dtype: dtype === 'int32' ? 'int32' : 'float32' }));
}

/** Layer names count up within a process, so a variable is named by its place in the model. */
function describeVariable(variable: LayerVariable, index: number, model: LayersModel): Variable {
  const suffix = variable.originalName.split('/').at(-1)!;
  return { name: `${index}.${suffix}`, shape: variable.shape as number[], trainable: model.trainableWeights.includes(variable) };
}

function updatesOf({ updates }: CallScope, byName: ReadonlyMap<string, LayerVariable>): NamedTensors {
  const named: NamedTensors = {};
  if (updates.size === 0) return named;
  for (const [name, variable] of byName) {
    const updated = updates.get(variable);
    if (updated) named[name] = release(updated);
  }
  return named;
}
