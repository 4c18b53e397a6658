import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { model as functionalModel, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { kdError } from '../errors/kd-error.ts';
import type { NamedTensors } from '../tensor/named-tensors.ts';
import type { RandomSource } from '../tensor/random.ts';
import { release } from '../tensor/release.ts';
import { architectureOf } from './architecture.ts';
import { bypassSoftmax } from './bypass-softmax.ts';
import { addComparisonGradients } from './comparison-gradients.ts';
import type { CallOptions, CallResult, Model, ModelInput, Variable } from './model.ts';
import { ParkedWeights } from './park-weights.ts';
import { recomputingPass } from './recomputing-call.ts';
import { replaceLayers } from './replace-layers.ts';
import { replaceTileGradient } from './tile-gradient.ts';

type LayerVariable = LayersModel['weights'][number];
type Layer = LayersModel['layers'][number];

/** Which uses of its layers belong to a model. */
interface Graph {
  readonly containerNodes: ReadonlySet<string>;
}

/** What a call under way lends to the model's layers. */
export interface CallScope {
  readonly weights: ReadonlyMap<LayerVariable, Tensor>;
  readonly updates: Map<LayerVariable, Tensor>;
  readonly random: RandomSource | undefined;
}

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

  const extracts = new Map<string, LayersModel>();
  const extract = (outputs: readonly string[]): LayersModel => {
    const key = outputs.join('\n');
    let found = extracts.get(key);
    if (!found) {
      found = functionalModel({ inputs: model.inputs, outputs: outputs.map((name) => symbolic(model, name)) });
      extracts.set(key, found);
    }
    return found;
  };

  const within = <T>(scope: CallScope, body: () => T): T => {
    const before = lending.scope;
    lending.scope = scope;
    try {
      return body();
    } finally {
      lending.scope = before;
    }
  };

  /** Lends the weights to the layers while `body` computes the outputs. */
  const lent = ({ outputs, random }: CallOptions, weights: Readonly<NamedTensors> | undefined, body: (scope: CallScope) => readonly Tensor[]): CallResult => {
    const lentWeights = new Map<LayerVariable, Tensor>();
    if (weights) for (const [name, variable] of byName) lentWeights.set(variable, weights[name]!);
    const running: CallScope = { weights: lentWeights, updates: new Map(), random };
    try {
      const list = within(running, () => body(running));
      return { outputs: Object.fromEntries(outputs.map((name, i) => [name, list[i]!])), updates: updatesOf(running, byName) };
    } catch (error) {
      for (const updated of running.updates.values()) updated.dispose();
      throw error;
    }
  };

  const valuesOf = (given: Readonly<NamedTensors>): Tensor[] => inputs.map(({ name }) => given[name]!);

  // A sequential model has no list of names; those of the layers at its ends are what a functional model lists.
  const outputNames = model.outputs.map(({ sourceLayer }) => sourceLayer.name);
  const inputs: ModelInput[] = model.inputs.map((input) => ({
    name: input.sourceLayer.name,
    shape: input.shape.slice(1),
    dtype: input.dtype === 'int32' ? 'int32' : 'float32',
  }));

  const self: Model = {
    name: model.name,
    inputs,
    outputs: outputNames,
    layers: model.layers.map((layer) => layer.name),
    variables,
    shapeOf: (name) => find(model, name)?.shape.slice(1),
    wantLogits: (name) => bypassSoftmax(model, name, lending.active),
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
      const pass = recomputingPass(model, outputs.map((name) => symbolic(model, name)));
      if ('why' in pass) return pass;
      const call: Model['call'] = (given, options, weights) =>
        options.training ? lent({ ...options, outputs }, weights, (scope) => pass.run(valuesOf(given), scope, within)) : self.call(given, options, weights);
      return { heldPerRow: pass.heldPerRow, model: { ...self, call } };
    },
    park: () => parked.park(),
    unpark: () => parked.unpark(),
    describe: () => architectureOf(model),
    layersModel: model,
  };
  return self;
}

function updatesOf(scope: CallScope, byName: ReadonlyMap<string, LayerVariable>): NamedTensors {
  const updates: NamedTensors = {};
  if (scope.updates.size === 0) return updates;
  for (const [name, variable] of byName) {
    const updated = scope.updates.get(variable);
    if (updated) updates[name] = release(updated);
  }
  return updates;
}

interface Lending {
  scope: CallScope | undefined;
  readonly active: () => boolean;
}

const lendings = new WeakMap<LayersModel, Lending>();

/** What a layers model lends to calls, prepared once: the same model may come again, in the next run. */
function lendingOf(model: LayersModel): Lending {
  const known = lendings.get(model);
  if (known) return known;
  const lending: Lending = { scope: undefined, active: () => lending.scope !== undefined };
  for (const variable of model.weights) lend(variable, () => lending.scope);
  replaceLayers(model, () => lending.scope);
  lendings.set(model, lending);
  return lending;
}

/** Layer names count up within a process, so a variable is named by its place in the model. */
function describeVariable(variable: LayerVariable, index: number, model: LayersModel): Variable {
  const suffix = variable.originalName.split('/').at(-1)!;
  return { name: `${index}.${suffix}`, shape: variable.shape as number[], trainable: model.trainableWeights.includes(variable) };
}

/** Makes a variable read from and write to the call under way, when there is one that lends it a tensor. */
function lend(variable: LayerVariable, scope: () => CallScope | undefined): void {
  const read = variable.read.bind(variable);
  const write = variable.write.bind(variable);
  variable.read = () => {
    const running = scope();
    return (running?.updates.get(variable) ?? running?.weights.get(variable) ?? read()) as tf.Variable;
  };
  variable.write = (value) => {
    const running = scope();
    if (!running?.weights.has(variable)) return write(value);
    // A layer writes inside a scope of its own; the value has to outlive it.
    running.updates.set(variable, tf.keep(tf.clone(value)));
    return variable;
  };
}

function find(model: LayersModel, name: string): SymbolicTensor | undefined {
  const output = model.outputs.find(({ sourceLayer }) => sourceLayer.name === name);
  if (output) return output;
  const layer = model.layers.find((candidate) => candidate.name === name);
  return layer && outputOf(layer, model);
}

/** A layer that is used several times gives what its last use in this model gives. */
function outputOf(layer: Layer, model: LayersModel): SymbolicTensor {
  // A sequential model keeps its graph in a model of its own.
  const graph = model as unknown as { readonly model?: Graph } & Graph;
  const nodes = (graph.model ?? graph).containerNodes;
  let last = layer.inboundNodes.length - 1;
  while (last > 0 && !nodes.has(`${layer.name}_ib-${last}`)) last--;
  return layer.getOutputAt(last) as SymbolicTensor;
}

function symbolic(model: LayersModel, name: string): SymbolicTensor {
  const found = find(model, name);
  if (!found) throw kdError('KD_LAYER_UNKNOWN', { who: `Model '${model.name}'`, layer: name, known: model.layers.map((layer) => layer.name) });
  return found;
}
