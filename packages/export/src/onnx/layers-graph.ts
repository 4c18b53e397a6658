import { LayersModel, type Shape, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { OnnxGraph } from './graph.ts';
import { unsupported, type Layer, type LayerCall, type Mask, type Weight } from './layer-call.ts';
import { layerTable } from './layer-table.ts';
import { maskAfter } from './masks.ts';
import { Names } from './names.ts';
import type { Value } from './value.ts';

/** Writes the layers of a model, and of the models inside it, into a graph. */
export class LayersGraph {
  readonly graph: OnnxGraph = new OnnxGraph();
  readonly #numbers: ReadonlyMap<number, Float32Array>;
  readonly #names = new Names();
  readonly #nameOf = new Map<Layer, string>();
  readonly #weights = new Map<string, Value>();
  /** TensorFlow.js hands a mask on to every layer that it asks later, until another mask comes. */
  #mask: Mask | undefined;

  /** @param numbers of each weight, by the tensor's id */
  constructor(numbers: ReadonlyMap<number, Float32Array>) {
    this.#numbers = numbers;
  }

  /** What a model gives for these inputs. Layers are asked in TensorFlow.js's own order. */
  model(model: LayersModel, inputs: readonly Value[]): Value[] {
    const values = new Map<number, Value>(model.inputs.map((input, i) => [input.id, inputs[i]!]));
    const masks = new Map<number, Mask | undefined>();
    const ask = (tensor: SymbolicTensor): Value => {
      if (!values.has(tensor.id)) {
        const { sourceLayer: layer, inputs: needed } = tensor;
        const given = needed.map(ask);
        const before = needed.map(({ id }) => masks.get(id));
        if (before.some((mask) => mask)) this.#mask = before[0];
        const call = this.#call(layer, given, needed.map(({ shape }) => shape), tensor.shape);
        const outputs = this.#write(call);
        const mask = layer instanceof LayersModel ? undefined : maskAfter(call, before);
        for (const sibling of siblingsOf(tensor)) {
          values.set(sibling.id, outputs[sibling.outputTensorIndex ?? 0]!);
          masks.set(sibling.id, mask);
        }
      }
      return values.get(tensor.id)!;
    };
    return model.outputs.map(ask);
  }

  #call(layer: Layer, inputs: readonly Value[], inputShapes: readonly Shape[], outputShape: Shape): LayerCall {
    this.graph.scope = this.#scopeOf(layer);
    return {
      layer,
      config: layer instanceof LayersModel ? {} : layer.getConfig(),
      graph: this.graph,
      inputs: layer instanceof LayersModel || layer.getClassName() === 'Embedding' ? inputs : inputs.map((value) => this.#asFloat(value)),
      inputShapes,
      outputShape,
      mask: this.#mask,
      weights: (of = layer) => this.#weightsOf(of),
      weight: (name, shape, data, of = layer) => this.#weight(of, name, shape, data),
      inner: (of, given, shapes) => this.#inner(layer, of, given, shapes),
    };
  }

  #write(call: LayerCall): readonly Value[] {
    const { layer, inputs } = call;
    if (layer instanceof LayersModel) return this.model(layer, inputs);
    const className = layer.getClassName();
    const writer = Object.hasOwn(layerTable, className) ? layerTable[className] : undefined;
    if (!writer) unsupported(call, 'there is no ONNX for layers of this class');
    return [writer(call)].flat();
  }

  #inner(outer: Layer, layer: Layer, inputs: readonly Value[], inputShapes: readonly Shape[]): readonly Value[] {
    const mask = this.#mask;
    // What a mask of the steps says inside a step is TensorFlow.js's secret.
    if (mask) this.#mask = 'unclear';
    const shape = layer.computeOutputShape(inputShapes.length === 1 ? [...inputShapes[0]!] : inputShapes.map((one) => [...one]));
    const outputs = this.#write(this.#call(layer, inputs, inputShapes, (Array.isArray(shape[0]) ? shape[0] : shape) as Shape));
    this.#mask = mask;
    this.graph.scope = this.#scopeOf(outer);
    return outputs;
  }

  #scopeOf(layer: Layer): string {
    const name = this.#nameOf.get(layer) ?? this.#names.unique(layer.name);
    this.#nameOf.set(layer, name);
    return name;
  }

  #asFloat(value: Value): Value {
    return value.type === 'float32' ? value : this.graph.add('Cast', [value], { attributes: { to: 1 }, type: 'float32' });
  }

  #weightsOf(layer: Layer): Weight[] {
    return layer.getWeights().map((tensor) => ({ shape: tensor.shape, data: this.#numbers.get(tensor.id)! }));
  }

  #weight(layer: Layer, name: string, shape: readonly number[], data: Float32Array): Value {
    const whole = `${this.#scopeOf(layer)}/${name}`;
    const value = this.#weights.get(whole) ?? this.graph.weight(whole, shape, data);
    this.#weights.set(whole, value);
    return value;
  }
}

/** All that a layer gives when it is asked once. */
function siblingsOf(tensor: SymbolicTensor): SymbolicTensor[] {
  return tensor.sourceLayer.inboundNodes[tensor.nodeIndex]?.outputTensors ?? [tensor];
}
